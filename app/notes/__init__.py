"""The Notes view: what agents noted for later sessions, and whether sessions bear it out."""
