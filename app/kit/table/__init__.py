"""Tables that read their rows a page at a time."""
