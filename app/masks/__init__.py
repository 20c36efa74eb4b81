"""The Masks view: what compression keeps of a session."""
