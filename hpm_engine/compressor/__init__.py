"""Tier 2: what is kept of an episode in a twelfth of its bytes."""
