"""What the path of a source tells where its records do not."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(r"!/|[/\\]")


def folders_of(name: str) -> list[str]:
    """The folders of a source's name and, last, its file; an archive counts as a folder."""
    return [part for part in _SEPARATOR.split(name) if part]


def stem(name: str) -> str:
    """The name of a source's file without its ending."""
    parts = folders_of(name)
    file = parts[-1] if parts else ""
    return file.rsplit(".", 1)[0] if "." in file.lstrip(".") else file
