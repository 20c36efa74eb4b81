"""Stores, sessions and traces that tests share."""
