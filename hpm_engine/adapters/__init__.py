"""Memory for agent frameworks: LangGraph, Claude's memory tool, OpenAI Agents.

A module for each, with the framework's own interface; nothing of the engine imports them, and none
of them imports another's framework.
"""
