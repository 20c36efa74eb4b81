"""A person's notes on episodes and steps, above the conversation."""
