"""What a session is called, in SQL: a title, else the task, else the session's id."""

from __future__ import annotations

NAME = "coalesce(nullif(e.title, ''), nullif(e.task, ''), e.key)"  # as ``Episode.name`` has it
