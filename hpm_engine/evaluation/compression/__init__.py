"""Benchmarks of compression to a twelfth of the bytes."""
