"""Rows of what was learned: vectors, prototypes, cycles, tuned weights."""
