"""Hierarchical Persistent Memory: what an agent's sessions leave behind, kept in one file."""

from __future__ import annotations

__version__ = "0.1.0"
