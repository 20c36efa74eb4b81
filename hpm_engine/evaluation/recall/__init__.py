"""Benchmarks of search and recall."""
