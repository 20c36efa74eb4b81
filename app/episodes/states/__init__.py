"""Saved states of agents: marked along an episode, and all of them in a dialog."""
