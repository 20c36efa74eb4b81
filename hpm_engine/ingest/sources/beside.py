"""Companions: small files beside a source with its outcome, its project or its title."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

COMPANIONS = frozenset(
    (
        *(".project_root", "results.json", "session_index.jsonl", "state.json", "summary.json"),
        *("workspace.json", "workspace.yaml", "meta.json", "sessions.json", "session.json"),
        *(".cwd", "transcript_full.jsonl"),
        # Of Cline's tasks and those of its descendants.
        *("history_item.json", "task_metadata.json", "taskHistory.json", "ui_messages.json"),
    )
)
# Lists of all sessions, which change with each: that they changed says nothing of one of them.
_SHARED = frozenset(("session_index.jsonl", "taskHistory.json", "sessions.json"))
_REPOSITORY = re.compile(  # of a memory that is one: what its history is read from
    r"(?:.*/)?memory/\.git/(?:HEAD|packed-refs|refs/heads/[^/]+|objects/[0-9a-f]{2}/[0-9a-f]{38}"
    r"|objects/info/packs|objects/pack/pack-[0-9a-f]{40}\.(?:idx|pack))"
)
_PACKS = "/.git/objects/pack/"
BUNDLE = "index.md"  # of a bundle of notes: tells that the files beside it are notes
SETTINGS = ".settings.json"  # the end of a name: Droid keeps a session's sums in such a file
SPILLED = "tool-results"  # the folder of results that were too large for their session's file
LARGEST = 4 * 1024 * 1024  # bytes of a companion
_MOST = 64 * 1024 * 1024  # bytes of all companions of an archive

# A relative path to the bytes there, None for no file; of a folder of packs of a repository, which
# ends with a slash, to the names of the files in it, one a line.
Beside = Callable[[str], bytes | None]
Sibling = Callable[[str], BinaryIO | None]  # a name in the same folder to that file, None for none


def is_own(relative: str) -> bool:
    """Whether a companion belongs to its source alone, so that a change of it is the source's."""
    return posixpath.basename(relative) not in _SHARED


def companion_digest(data: bytes | None) -> str:
    """What tells one state of a companion from another; "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()[:16]


def is_companion(name: str, size: int) -> bool:
    """Whether a file of this name and size is a companion, to be read with its source."""
    folder, base = posixpath.split(name)
    named = base in COMPANIONS or base == BUNDLE or base.endswith(SETTINGS)
    known = named or posixpath.basename(folder) == SPILLED
    known = known or _is_kiros(folder, base) or _is_clines(folder, base) or _is_gits(name)
    return known and size <= LARGEST


def _is_gits(name: str) -> bool:
    """Whether a file belongs to the history of a memory that is a repository."""
    return ".git/" in name and _REPOSITORY.fullmatch(name) is not None


def _is_kiros(folder: str, base: str) -> bool:
    """Whether a file holds the facts of a session of Kiro, whose lines lie beside it."""
    return base.endswith(".json") and folder.endswith("sessions/cli")


def _is_clines(folder: str, base: str) -> bool:
    """Whether a file holds the facts of a session of Cline CLI, in a folder of its name."""
    return base.endswith(".json") and folder.endswith(f"sessions/{base.removesuffix('.json')}")


def nothing_beside(relative: str) -> bytes | None:
    """None: a ``Beside`` for a source that stands alone."""
    return None


def no_sibling(name: str) -> BinaryIO | None:
    """None: a ``Sibling`` for a source that stands alone."""
    return None


def sibling_file(path: Path) -> Sibling:
    """The ``Sibling`` of a file on disk; of a link, what its target has beside it.

    Files whose names go on from the file's own are beside the target; other links are not followed.
    """

    def open_(name: str) -> BinaryIO | None:
        try:
            if name.startswith(path.name):
                own = path.resolve()
                other = own.with_name(own.name + name.removeprefix(path.name))
            else:
                other = path.with_name(name)
            if other.is_symlink() or not other.is_file():
                return None
            return other.open("rb")
        except (OSError, ValueError):
            return None

    return open_


def beside_file(path: Path) -> Beside:
    """The ``Beside`` of a file on disk: a companion's bytes, b"" for any other file."""

    def find(relative: str) -> bytes | None:
        other = path.parent / relative
        try:
            if relative.endswith(_PACKS):
                return "\n".join(sorted(os.listdir(other))).encode("utf-8", "replace")
            if not other.is_file():
                return None
            if other.parent.name == SPILLED and (other.is_symlink() or other.parent.is_symlink()):
                return b""  # a link is not followed: its name comes from the trace
            name = posixpath.normpath(other.as_posix())
            if _is_gits(name) and other.is_symlink():
                return b""
            known = is_companion(name, other.stat().st_size)
            return other.read_bytes() if known else b""
        except OSError:
            return None

    return find


class MemberIndex:
    """An archive's companions by member name, read once, when the first is asked for."""

    def __init__(self, read: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        self._read = read
        self._companions: dict[str, bytes] | None = None

    def beside(self, member: str) -> Beside:
        """The ``Beside`` of a member: a companion's bytes, b"" for any other member."""

        def find(relative: str) -> bytes | None:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(member), relative))
            if relative.endswith(_PACKS):
                names = [name for name in self._members() if posixpath.dirname(name) == path]
                return "\n".join(map(posixpath.basename, names)).encode() or None
            return self._members().get(path)

        return find

    def _members(self) -> dict[str, bytes]:
        if self._companions is None:
            self._companions, left = {}, _MOST
            for name, data in self._read():
                left -= len(data)
                self._companions[posixpath.normpath(name)] = data if left > 0 else b""
        return self._companions
