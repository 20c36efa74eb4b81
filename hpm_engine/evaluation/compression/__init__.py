"""Benchmarks of what a twelfth of the bytes keeps."""
