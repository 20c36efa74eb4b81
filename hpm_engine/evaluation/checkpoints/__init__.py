"""Benchmarks of checkpoints: their cost, and what is left of them by a kill."""
