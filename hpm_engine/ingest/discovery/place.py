"""A place where an agent keeps sessions, written once for all systems."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

LINUX, MACOS, WINDOWS = "linux", "darwin", "win32"  # as ``sys.platform`` says it
EVERYWHERE = (LINUX, MACOS, WINDOWS)
PROJECT = "<project>"  # any folder that agents work in
_WILD = "*?["
_DATABASES = (".db", ".sqlite", ".sqlite3", ".vscdb")
_BESIDE = "-wal"  # what a database has not yet taken into its own file

# What a path may begin with. ${NAME:-other}: the variable, or the other where it is not set.
_XDG = "${XDG_DATA_HOME:-~/.local/share}"
_ROOTS = {
    LINUX: {
        "{config}": "${XDG_CONFIG_HOME:-~/.config}",  # settings, as editors keep them
        "{data}": _XDG,  # data of programs that follow the system's rules
        "{state}": "${XDG_STATE_HOME:-~/.local/state}",
        "{xdg}": _XDG,  # data of programs that write as on Linux everywhere
    },
    MACOS: {
        "{config}": "~/Library/Application Support",
        "{data}": "~/Library/Application Support",
        "{state}": "~/Library/Application Support",
        "{xdg}": _XDG,
    },
    WINDOWS: {
        "{config}": "${APPDATA:-~/AppData/Roaming}",
        "{data}": "${LOCALAPPDATA:-~/AppData/Local}",
        "{state}": "${LOCALAPPDATA:-~/AppData/Local}",
        "{xdg}": _XDG,
    },
}


class Each(StrEnum):
    """How many sessions a file of a place is."""

    FILE = "file"  # one; what lies beside it is found by its reader
    FOLDER = "folder"  # a part of one: all files below its folder are a session
    MANY = "many"  # any number, as in a database or a history of a project


class Place(msgspec.Struct, frozen=True):
    """A folder, or a file, where sessions of one format lie.

    ``path`` begins with ``~``, a root like ``{config}``, or ``<project>`` for what lies in the
    folders that agents work in; ``*`` in it stands for any name. ``${NAME:-other}`` is moved by
    that environment variable. ``files`` are the ends of the paths of session files below it,
    ``a/*.json`` a file in a folder ``a``; those that begin with ``!`` are none. Without
    ``files`` the path is itself a file. ``beside`` are the ends of files that say more of a
    session, each with the end of that session's path, in which each ``*`` is what it was there.
    """

    format: str  # the name of its reader's format
    path: str
    files: tuple[str, ...] = ()
    each: Each = Each.FILE
    systems: tuple[str, ...] = EVERYWHERE
    beside: tuple[tuple[str, str], ...] = ()

    def session(self, relative: str) -> str | None:
        """The session that a file below the place belongs to; ``None`` for another file.

        Both are paths below the place, with ``/``. Of a database's log it is the database.
        """
        bare = relative.removesuffix(_BESIDE)
        if bare != relative and not is_database(bare):
            return None
        ended = None
        for pattern in self.files:
            end = pattern.removeprefix("!")
            if fnmatchcase(_end(bare, end.count("/")), end):
                if end != pattern:
                    return None
                ended = end if ended is None else ended
        if ended is None:
            return None
        return bare if self.each is not Each.FOLDER else _parent(bare, ended.count("/") + 1)

    def concerned(self, relative: str) -> str | None:
        """The session that a file belongs to, or says more of; ``None`` for another file."""
        if (own := self.session(relative)) is not None:
            return own
        for pattern, session in self.beside:
            end = _end(relative, pattern.count("/"))
            if fnmatchcase(end, pattern) and end.count("/") == pattern.count("/"):
                for name in _wild_texts(end, pattern):
                    session = session.replace("*", name, 1)
                return relative.removesuffix(end) + session
        return None


def _wild_texts(path: str, pattern: str) -> Iterator[str]:
    """What each ``*`` stands for in a path of a pattern's form, one at most in a name."""
    for name, form in zip(path.split("/"), pattern.split("/"), strict=True):
        before, wild, after = form.partition("*")
        if wild:
            yield name[len(before) : len(name) - len(after)]


def _end(path: str, slashes: int) -> str:
    """The end of a path with that many slashes in it."""
    return "/".join(path.rsplit("/", slashes + 1)[-slashes - 1 :])


def _parent(path: str, levels: int) -> str:
    return "/".join(path.split("/")[:-levels])


class AgentPlaces(msgspec.Struct, frozen=True):
    """All places of one agent; ``notes`` are memories that it wrote, not sessions."""

    agent: str
    places: tuple[Place, ...]
    notes: bool = False


def is_database(name: str) -> bool:
    """Whether a file of that name holds any number of sessions in tables."""
    return name.endswith(_DATABASES)


def resolved(path: str, home: Path, environ: Mapping[str, str], platform: str) -> Path:
    """The path that a place's text means on a computer; ``*`` and ``<project>`` stay in it."""
    for name, root in _ROOTS[platform].items():
        path = path.replace(name, root)
    path = _moved(path, environ)
    if path == "~" or path.startswith("~/"):
        return home / path[2:]
    return Path(path)


def existing(path: Path) -> Iterator[Path]:
    """The paths on disk that a path with ``*`` stands for, in the order of their names."""
    parts = path.parts
    first = next((i for i, part in enumerate(parts) if set(part) & set(_WILD)), None)
    if first is None:
        if path.exists():
            yield path
        return
    folder = Path(*parts[:first])
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if fnmatchcase(name, parts[first]):
            yield from existing(folder.joinpath(name, *parts[first + 1 :]))


def _moved(path: str, environ: Mapping[str, str]) -> str:
    """The path with each ``${NAME:-other}`` put in, the innermost first, and values as they are."""
    values: list[str] = []
    while (start := path.rfind("${")) >= 0:
        end = path.index("}", start)
        name, _, other = path[start + 2 : end].partition(":-")
        if value := environ.get(name):
            values.append(value)
            other = f"\0{len(values) - 1}\0"
        path = path[:start] + other + path[end + 1 :]
    parts = path.split("\0")
    return "".join(values[int(part)] if i % 2 else part for i, part in enumerate(parts))
