"""The Audit view: the log of all changes, its filters and its verification."""
