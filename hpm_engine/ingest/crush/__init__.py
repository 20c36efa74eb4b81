"""Crush, and the first OpenCode, which it descends from: a database in each project."""
