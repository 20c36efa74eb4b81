"""Threads of Zed's agent."""
