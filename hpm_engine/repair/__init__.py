"""Repairs of a store: in place what can be made again, into a new store what can still be read."""
