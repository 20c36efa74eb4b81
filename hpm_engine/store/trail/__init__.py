"""What the log rests on: its tree, the contents beside it, its checkpoints, and their check."""
