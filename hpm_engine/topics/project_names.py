"""What a project is called before the names of its topics."""

from __future__ import annotations

import re

_SILENT = """
    app code data dev home main my private project projects repo repos root session src temp
    test tmp user users work workspace
"""
_TELL_NOTHING = frozenset(_SILENT.split())
_IDENTITY = re.compile(r"(?=[a-f-]*\d)[0-9a-f-]{8,}", re.IGNORECASE)


def project_name(project: str) -> str:
    """The last part of a project's path, or "" where it tells nothing: ``tmp``, a digest."""
    name = project.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].strip(" .:")
    silent = name.casefold() in _TELL_NOTHING or _IDENTITY.fullmatch(name)
    return "" if silent or len(name) < 2 else " ".join(name.split())
