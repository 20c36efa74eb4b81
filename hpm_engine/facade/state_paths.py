"""Where two states differ that are JSON: places, by JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.values.checkpoints import PathChange

_LISTED = 500  # places
_SHOWN = 200  # characters of a value
_LARGEST = 32 * 1024 * 1024  # bytes of a state that is read as JSON
_ABSENT = object()


def changed_paths(before: bytes, after: bytes) -> tuple[tuple[PathChange, ...] | None, int]:
    """The places that differ, and how many there are beyond those; ``None`` for what is no JSON."""
    if max(len(before), len(after)) > _LARGEST:
        return None, 0
    try:
        first, second = msgspec.json.decode(before), msgspec.json.decode(after)
    except (ValueError, RecursionError):
        return None, 0
    listed: list[PathChange] = []
    more = 0
    for change in _changes(first, second):
        if len(listed) < _LISTED:
            path, old, new = change
            listed.append(PathChange(path, _shown(old), _shown(new)))
        else:
            more += 1
    return tuple(listed), more


def _changes(first: Any, second: Any) -> Iterator[tuple[str, Any, Any]]:
    # A stack, not recursion: values may be as deep as the decoder allows.
    stack: list[tuple[str, Any, Any]] = [("", first, second)]
    while stack:
        path, old, new = stack.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            keys: list[Any] = list(dict.fromkeys((*old, *new)))
            pairs = [(_escaped(key), old.get(key, _ABSENT), new.get(key, _ABSENT)) for key in keys]
        elif isinstance(old, list) and isinstance(new, list):
            length = max(len(old), len(new))
            pairs = [(str(index), _at(old, index), _at(new, index)) for index in range(length)]
        else:
            if type(old) is not type(new) or old != new:
                yield path, old, new
            continue
        stack += [(f"{path}/{key}", a, b) for key, a, b in reversed(pairs)]


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _ABSENT


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
