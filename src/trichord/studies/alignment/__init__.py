"""How well a program's text, or its score, tells how it will sound: the tables of the alignment."""
