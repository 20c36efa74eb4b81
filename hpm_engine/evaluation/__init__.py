"""Benchmarks that speak one language: named results beside their references."""
