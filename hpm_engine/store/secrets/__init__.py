"""What a store knows of secrets: rows, places, and how they leave."""
