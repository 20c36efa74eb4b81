"""The zoo of agents' files: each imported alone, and judged by what is known to be in it."""
