"""Words of every script, of names, paths and calls, as an index holds them."""
