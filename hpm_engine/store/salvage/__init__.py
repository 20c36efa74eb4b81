"""What can still be read of a damaged file, and how it becomes a store again."""
