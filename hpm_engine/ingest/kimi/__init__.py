"""Sessions of Kimi Code, and of Kimi CLI before it."""
