"""Logs of research benchmarks."""
