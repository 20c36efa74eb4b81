"""The file itself: its connections, its place on disk, copies and checks."""
