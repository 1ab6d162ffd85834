"""Are hidden states to keep the geometry of the text? The regulariser of paper three, measured."""
