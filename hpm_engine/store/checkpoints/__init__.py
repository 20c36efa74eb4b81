"""Saved states of agents: cut into pieces that are stored once, and never read into."""
