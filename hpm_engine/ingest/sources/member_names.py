"""Names of files and archive members: how they are shown, which are refused, and why."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:")
_CLUTTER = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))


def refusal(name: str) -> str:
    """Why a member of this name is refused; empty for a name that stays inside its archive."""
    if "\0" in name:
        return "its name holds a NUL character"
    if "\\" in name:
        return "its name holds a backslash, which some systems take for a folder"
    if name.startswith("/"):
        return "its name is an absolute path"
    if _DRIVE.match(name):
        return "its name begins with a drive letter"
    if ".." in name.split("/"):
        return "its name climbs out of the archive with '..'"
    if not name:
        return "it has no name"
    return ""


def readable(name: str) -> str:
    r"""The name as text, its bytes that are no UTF-8 as ``\xe9``: no store could hold them."""
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half characters that stand for no byte
        data = name.encode("utf-8", "backslashreplace")
    return data.decode("utf-8", "backslashreplace")


def base_name(name: str) -> str:
    """The last part of a path, whatever system it is of."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def is_clutter(name: str) -> bool:
    """Whether a file is something that file managers leave behind."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in _CLUTTER
