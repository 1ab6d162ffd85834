"""Pure functions of arrays that say how good something is."""
