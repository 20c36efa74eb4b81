"""The search box, its completion, and the searches that are kept."""
