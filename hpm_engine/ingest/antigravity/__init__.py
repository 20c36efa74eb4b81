"""Transcripts of Antigravity."""
