"""Keeping the open store up to date: its chosen sources, and what was new in them."""
