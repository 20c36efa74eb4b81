"""The list of episodes: its columns, its rows, and what is selected among them."""
