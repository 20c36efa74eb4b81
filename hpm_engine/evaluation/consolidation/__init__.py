"""Benchmarks of learning, forgetting and the map."""
