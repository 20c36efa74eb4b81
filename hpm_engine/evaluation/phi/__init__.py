"""Benchmarks of the episode encoder."""
