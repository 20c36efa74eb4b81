"""Benchmarks of the server that agents ask."""
