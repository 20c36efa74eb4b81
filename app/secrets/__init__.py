"""Secrets: what is done with them, which were met, and how they go for good."""
