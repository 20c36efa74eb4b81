"""The frame of the window: what puts the features together."""
