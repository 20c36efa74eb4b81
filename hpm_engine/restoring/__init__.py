"""Sessions given back: the files that agents deleted, put where they look for them."""
