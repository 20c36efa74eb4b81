"""The Overview: what the store holds and how it grew."""
