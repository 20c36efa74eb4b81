"""Tier 3: memories settle into prototypes, held by elastic weight consolidation."""
