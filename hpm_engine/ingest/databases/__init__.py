"""SQLite databases of agents as archives of sessions: copied, opened in bounds, told in rows."""
