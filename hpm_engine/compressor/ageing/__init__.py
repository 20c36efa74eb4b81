"""When and how far episodes are compressed and their text is evicted."""
