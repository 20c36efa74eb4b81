"""Tables and timelines over the reader: what views show, a page at a time."""
