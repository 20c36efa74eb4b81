"""Vectors for the steps and episodes of a store."""
