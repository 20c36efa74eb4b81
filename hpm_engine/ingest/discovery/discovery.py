"""What agents left on this computer: their folders with counts and sizes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import structs

from hpm_engine.ingest.detect import READERS
from hpm_engine.ingest.discovery.agents import AGENTS
from hpm_engine.ingest.discovery.place import (
    EVERYWHERE,
    LINUX,
    PROJECT,
    AgentPlaces,
    Each,
    Place,
    existing,
    is_database,
    resolved,
)
from hpm_engine.ingest.discovery.projects import projects
from hpm_engine.ingest.memory_notes.kinds import NOTE_STORES
from hpm_engine.values.episodes import Discovered

_MOST = 200_000  # entries that are looked at in one place
_READ = frozenset(reader.format for reader in READERS) | NOTE_STORES


def discover(
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    platform: str | None = None,
    agents: Sequence[AgentPlaces] = AGENTS,
) -> tuple[Discovered, ...]:
    """The places of known agents with counts and sizes; empty ones are left out.

    No file of a session is opened: a database counts by its size, and how many sessions it has is
    not known. ``home``, ``environ`` and ``platform`` (as ``sys.platform``) default to this
    computer's.
    """
    home = home or Path.home()
    environ = os.environ if environ is None else environ
    platform = platform or sys.platform
    platform = platform if platform in EVERYWHERE else LINUX
    found: dict[tuple[str, str], Discovered] = {}
    folders = list(projects(home, environ, platform))
    for agent in agents:
        for place in agent.places:
            if platform not in place.systems:
                continue
            for path in _paths(place, home, environ, platform, folders):
                if (there := _looked(agent, place, path)) is not None:
                    key = (agent.agent, there.path)
                    found[key] = _both(found[key], there) if key in found else there
    return tuple(found.values())


def _paths(
    place: Place,
    home: Path,
    environ: Mapping[str, str],
    platform: str,
    folders: Sequence[tuple[Path, frozenset[str]]],
) -> Iterator[Path]:
    path = resolved(place.path, home, environ, platform)
    if path.is_absolute():
        yield from existing(path)
    elif path.parts[:1] == (PROJECT,):
        for project, names in folders:
            if path.parts[1] in names:
                yield from existing(project.joinpath(*path.parts[1:]))


def _looked(agent: AgentPlaces, place: Place, top: Path) -> Discovered | None:
    """What is in a place; ``None`` where nothing is."""
    sessions: set[str] = set()
    files = size = 0
    for session, bytes_ in _files(place, top):
        sessions.add(session)
        files += 1
        size += bytes_
    if not files:
        return None
    many = place.each is Each.MANY or any(is_database(session) for session in sessions)
    return Discovered(
        agent.agent,
        str(top),
        None if many else len(sessions),
        size,
        files=files,
        read=place.format in _READ,
        notes=agent.notes,
    )


def _both(first: Discovered, second: Discovered) -> Discovered:
    """What two places of an agent in one folder have."""
    known = first.sessions is not None and second.sessions is not None
    return structs.replace(
        first,
        sessions=(first.sessions or 0) + (second.sessions or 0) if known else None,
        size=first.size + second.size,
        files=first.files + second.files,
        read=first.read or second.read,
    )


def _files(place: Place, top: Path) -> Iterator[tuple[str, int]]:
    """The session and the bytes of each file of a place; what cannot be listed is passed over."""
    if not place.files:
        for path in (top, top.with_name(f"{top.name}-wal")):
            with suppress(OSError):
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    yield top.name, status.st_size
        return
    start = os.fspath(top)
    left, looked = [start], 0
    while left and looked < _MOST:
        with suppress(OSError), os.scandir(left.pop()) as entries:
            for entry in entries:
                looked += 1
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                    continue
                relative = entry.path[len(start) + 1 :].replace(os.sep, "/")
                session = place.session(relative)
                if session is not None and entry.is_file():
                    yield session, entry.stat().st_size
