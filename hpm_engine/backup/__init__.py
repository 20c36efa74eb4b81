"""Backups of a store: made while it is in use, kept by a plan, and gone back to."""
