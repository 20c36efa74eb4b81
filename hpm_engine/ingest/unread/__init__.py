"""Files of agents and programs that are known and not read: named, with the reason."""
