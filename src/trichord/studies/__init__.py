"""Tables of figures as commands: what the shipped models reach on what they never saw."""
