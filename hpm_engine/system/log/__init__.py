"""The program's own log: where it lies, how its lines look, what may stand in them."""
