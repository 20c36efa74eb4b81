"""How the weights that come with the program were made."""
