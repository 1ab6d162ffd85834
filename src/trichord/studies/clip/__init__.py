"""How clips of sound come through the general codec, and how well made ones follow their words."""
