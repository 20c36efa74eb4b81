"""Sessions of Hermes."""
