"""Programs that make sound: how they are played offline, read, varied and written."""
