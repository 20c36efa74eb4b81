"""What the path of a source tells where its records do not."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEPARATOR = re.compile(r"!/|[/\\]")


def folders_of(name: str) -> list[str]:
    """The folders of a source's name and, last, its file; an archive counts as a folder."""
    return [part for part in _SEPARATOR.split(name) if part]


def stem(name: str) -> str:
    """The name of a source's file without its ending."""
    parts = folders_of(name)
    file = parts[-1] if parts else ""
    return file.rsplit(".", 1)[0] if "." in file.lstrip(".") else file


def uuid_of(name: str) -> str:
    """The UUID in the name of a source's file, else of its folder; "" for none."""
    for part in reversed(folders_of(name)[-2:]):
        if match := _UUID.search(part.lower()):
            return match[0]
    return ""
