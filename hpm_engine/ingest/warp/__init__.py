"""Conversations with Warp's agent."""
