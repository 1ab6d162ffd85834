"""How fast the codec language model is, beside a decoder of the same size and beside itself."""
