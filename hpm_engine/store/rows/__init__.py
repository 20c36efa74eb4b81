"""Rows by name: the columns that each kind of row is read from, and what reads and writes it."""
