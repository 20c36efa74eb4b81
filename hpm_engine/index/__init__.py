"""Nearest vectors: exact while few, IVF-PQ with exact re-ranking when many."""
