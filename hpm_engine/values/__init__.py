"""Frozen values that cross a boundary: between packages, threads and processes."""
