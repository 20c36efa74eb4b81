"""The units of a zoo: files and folders of agents, with what is known to be in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hpm_engine.errors import CannotImport

FOLDER = "agent-zoo"
_EXPECTED = "expected.json"
_ABOUT = "_about"  # an entry of that file about the file itself

Facts = dict[str, Any]  # "prompts": 3, "title": "Tide rows" …


class ZooUnit(msgspec.Struct, frozen=True):
    """A file or folder that is imported alone."""

    name: str  # its path in the zoo; that of a folder ends with "/"
    kind: str  # the zoo's folder that it is in: the agent
    path: Path
    facts: Facts

    @property
    def is_notes(self) -> bool:
        """Whether it is known by notes of a memory, not by sessions."""
        return "replies" not in self.facts


def zoos(data: Path) -> list[Path]:
    """The zoos at, below and above a folder, so that a part of one can be named too."""
    above = [path for path in (data, *data.resolve().parents) if _is_zoo(path)]
    return above[:1] or sorted(path.parent for path in data.glob(f"**/{FOLDER}/{_EXPECTED}"))


def units(zoo: Path, within: Path) -> Iterator[ZooUnit]:
    """The units of a zoo that lie within a folder, in their order.

    Raises ``CannotImport`` where the zoo does not say what it holds.
    """
    place = within.resolve()
    for name, facts in _expected(zoo / _EXPECTED).items():
        path = zoo / name
        if name != _ABOUT and (path.resolve().is_relative_to(place) or _holds(within, zoo)):
            yield ZooUnit(name, name.split("/")[0], path, facts)


def _is_zoo(folder: Path) -> bool:
    return FOLDER in (folder.name, folder.resolve().name) and (folder / _EXPECTED).is_file()


def _holds(within: Path, zoo: Path) -> bool:
    """Whether a folder holds a zoo, which may be a link in it."""
    return zoo.is_relative_to(within) or zoo.resolve().is_relative_to(within.resolve())


def _expected(path: Path) -> dict[str, Facts]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Facts])
    except (OSError, msgspec.DecodeError) as error:
        raise CannotImport(f"{path}: says nothing that can be compared with ({error}).") from error
