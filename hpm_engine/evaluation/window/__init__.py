"""Benchmarks that drive the real window."""
