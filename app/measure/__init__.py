"""The real window measured by itself: what it prints is what the benchmarks read."""
