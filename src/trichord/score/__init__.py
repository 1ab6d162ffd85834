"""Events: the plain table of what a program plays and when."""
