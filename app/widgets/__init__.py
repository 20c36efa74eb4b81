"""The reusable pieces of the window."""
