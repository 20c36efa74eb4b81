"""A session handed over to another agent: what it is about, and where it stands."""
