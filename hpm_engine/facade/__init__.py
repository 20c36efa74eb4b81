"""The groups of `memory.…`: what a caller asks an open store for, by subject."""
