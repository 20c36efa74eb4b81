"""What is told of a session in SQL: what it is called, and how many files it changed."""

from __future__ import annotations

NAME = "coalesce(nullif(e.title, ''), nullif(e.task, ''), e.key)"  # as ``Episode.name`` has it
# How many files an episode changed; NULL until it is prepared for recall, which reads them.
CHANGED_FILES = (
    "CASE WHEN EXISTS (SELECT 1 FROM recall_episodes r WHERE r.episode_id = e.id)"
    " THEN (SELECT count(DISTINCT f.path) FROM changed_files f WHERE f.episode_id = e.id) END"
)
