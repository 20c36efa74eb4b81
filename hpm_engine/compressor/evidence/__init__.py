"""What in an episode is worth keeping: facts, decisions, identifiers, roles of files."""
