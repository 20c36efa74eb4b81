"""The Health view: whether the store is whole, and the models tuned on it."""
