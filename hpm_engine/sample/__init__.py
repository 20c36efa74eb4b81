"""The sample store: an invented half year of two agents' work on three invented projects."""
