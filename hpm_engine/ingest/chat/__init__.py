"""Lists of chat messages, as many programs write them."""
