"""Readers of the notes that agents keep for later sessions, and of people's instructions."""
