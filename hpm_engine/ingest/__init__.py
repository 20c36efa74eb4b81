"""Readers of the trace formats that agents leave on disk."""
