"""The commands on episodes and steps, and what they do."""
