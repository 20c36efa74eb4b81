"""Sessions of Mistral's Vibe."""
