"""The branches of a conversation that is a tree of messages: the live one, and those left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_BRANCHES = 100  # of a conversation; each repeats its beginning
_REPEATED = 20_000  # messages that all of them together may repeat


def parent_numbers(ids: Sequence[str], parents: Sequence[str]) -> list[int]:
    """The position of each message's parent; -1 for a root, or a parent that is not there."""
    positions: dict[str, int] = {}
    for position, identity in enumerate(ids):
        positions.setdefault(identity, position)
    numbers = [positions.get(parent, -1) if parent else -1 for parent in parents]
    return [-1 if number == position else number for position, number in enumerate(numbers)]


def branch_paths(
    parents: Sequence[int], live: int, speaks: Callable[[int], bool]
) -> list[list[int]]:
    """The positions from a root to a leaf, for each branch that says something of its own.

    The branch that ends at ``live`` comes first (-1: the last leaf's). Branches beyond a limit are
    left out: what is on no path was not read.
    """
    inner = set(parents)
    leaves = [position for position in range(len(parents)) if position not in inner]
    if not 0 <= live < len(parents):
        live = leaves[-1] if leaves else len(parents) - 1
    paths: list[list[int]] = []
    seen: set[int] = set()
    repeated = 0
    for leaf in (live, *leaves):
        own = _path(leaf, parents, seen)
        if not any(map(speaks, own)):
            continue
        path = _path(leaf, parents)
        repeated += len(path) - len(own)
        if paths and (len(paths) == _BRANCHES or repeated > _REPEATED):
            break
        paths.append(path)
        seen.update(own)
    return paths


def _path(
    leaf: int, parents: Sequence[int], until: frozenset[int] | set[int] = frozenset()
) -> list[int]:
    """The positions from a root, or from behind ``until``, to a leaf; no ring is followed."""
    path: list[int] = []
    met: set[int] = set()
    position = leaf
    while position >= 0 and position not in until and position not in met:
        met.add(position)
        path.append(position)
        position = parents[position]
    return path[::-1]
