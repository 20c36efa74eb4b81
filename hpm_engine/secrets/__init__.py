"""Secrets in texts: the rules that find them, and how they are masked."""
