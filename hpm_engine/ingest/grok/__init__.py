"""Sessions of Grok Build."""
