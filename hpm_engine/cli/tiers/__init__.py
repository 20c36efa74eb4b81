"""Commands that move memories between the tiers: vectors, compression, consolidation, models."""
