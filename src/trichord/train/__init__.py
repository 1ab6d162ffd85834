"""Training: one flat loop, checkpoints, and a recipe for each model."""
