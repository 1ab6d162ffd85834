"""What the offline renderer, the generator of programs and their corpus reach."""
