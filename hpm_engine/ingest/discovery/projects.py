"""Folders that agents work in, found quickly: some agents leave their sessions there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from hpm_engine.ingest.discovery.place import MACOS, WINDOWS, resolved
from hpm_engine.ingest.json.plain_values import companion_value

_DEPTH = 3  # folders below the home
_MOST = 4_000  # folders that are listed
_LARGEST = 4 * 1024 * 1024  # bytes of a list of projects
_NOT_PROJECTS = frozenset(("node_modules", "venv", "snap", "AppData", "Library", "__pycache__"))
# macOS asks the person before a program may look into these.
_ASKED_FOR = frozenset(("Desktop", "Documents", "Downloads", "Movies", "Music", "Pictures"))


def projects(
    home: Path, environ: Mapping[str, str], platform: str
) -> Iterator[tuple[Path, frozenset[str]]]:
    """Folders that may be projects, each once, with the names in it.

    They are the home and what lies three folders deep in it, and those that Crush lists.
    """
    seen: set[str] = set()
    left: list[tuple[str, int]] = [(os.fspath(home), 0)]
    left += [(folder, _DEPTH) for folder in _listed_by_crush(home, environ, platform)]
    position = 0
    while position < len(left) and len(seen) < _MOST:
        folder, depth = left[position]
        position += 1
        if folder in seen:
            continue
        seen.add(folder)
        try:
            with os.scandir(folder) as entries:
                names = {entry.name: _is_folder(entry) for entry in entries}
        except OSError:
            continue
        yield Path(folder), frozenset(names)
        if depth < _DEPTH:
            left += [
                (os.path.join(folder, name), depth + 1)
                for name, is_folder in sorted(names.items())
                if is_folder and not _passed_over(name, depth, platform)
            ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _passed_over(name: str, depth: int, platform: str) -> bool:
    if name.startswith(".") or name in _NOT_PROJECTS:
        return True
    return platform == MACOS and depth == 0 and name in _ASKED_FOR


def _listed_by_crush(home: Path, environ: Mapping[str, str], platform: str) -> list[str]:
    """The folders in Crush's list of projects; a list that cannot be read has none."""
    root = "{data}" if platform == WINDOWS else "{xdg}"
    path = resolved(f"${{CRUSH_GLOBAL_DATA:-{root}/crush}}/projects.json", home, environ, platform)
    try:
        if path.stat().st_size > _LARGEST:
            return []
        listed = companion_value(path.read_bytes())
    except OSError:
        return []
    if isinstance(listed, dict):
        listed = listed.get("projects", listed)
    entries = list(listed.values()) if isinstance(listed, dict) else listed
    if not isinstance(entries, list):
        return []
    paths = [entry.get("path") if isinstance(entry, dict) else entry for entry in entries]
    return [path for path in paths if isinstance(path, str) and os.path.isabs(path)]
