"""Conversations of gptme."""
