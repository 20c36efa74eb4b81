"""A journal of changes to a chat, replayed: the chat as its last line leaves it."""

from __future__ import annotations

from typing import Any

import msgspec

from hpm_engine.ingest.json.plain_values import items, mapping
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import plain_value

_WHOLE = 0  # the chat itself
_SET = 1  # a value at a path
_APPEND = 2  # values to the list at a path, which is cut to a length first
_DELETE = 3  # the value at a path
_LONGEST = 1_000_000  # items of a list


class _Change(msgspec.Struct):
    """One line: ``k`` is a path of keys and indexes, ``i`` the length that a list is cut to."""

    kind: object = None
    k: object = None
    i: object = None
    v: msgspec.Raw = NO_JSON


_CHANGE = TypedDecoder(_Change)


def replayed(source: SourceFile) -> dict[str, Any]:
    """The chat at the end of a journal; the account hears of changes that could not be made."""
    chat: dict[str, Any] = {}
    for line in typed_lines(source, _CHANGE, source.account):
        change, value = line.record, plain_value(line.record.v)
        if change.kind == _WHOLE and isinstance(value, dict):
            chat = value
        elif not _applied(chat, change, value, source.account):
            source.account.miss_record("a change to a place that the chat does not have")
    return chat


def _applied(chat: dict[str, Any], change: _Change, value: object, account: Account) -> bool:
    path = items(change.k)
    if not path:
        return False
    place: Any = chat
    for key in path[:-1]:
        place = _inner(place, key)
    key = path[-1]
    if change.kind == _SET:
        return _set(place, key, value)
    if change.kind == _APPEND:
        return _appended(place, key, change.i, value)
    return change.kind == _DELETE and _deleted(place, key)


def _inner(place: Any, key: object) -> Any:
    """The value of a key or an index; None where there is none."""
    if isinstance(key, str):
        return mapping(place).get(key)
    if isinstance(key, int) and isinstance(place, list) and 0 <= key < len(place):
        return place[key]
    return None


def _set(place: Any, key: object, value: object) -> bool:
    if isinstance(place, dict) and isinstance(key, str):
        place[key] = value
        return True
    if isinstance(place, list) and isinstance(key, int) and 0 <= key <= len(place):
        place[key : key + 1] = [value]
        return True
    return False


def _appended(place: Any, key: object, length: object, value: object) -> bool:
    target = _inner(place, key)
    if target is None and isinstance(place, dict) and isinstance(key, str):
        target = place[key] = []
    if not isinstance(target, list):
        return False
    if isinstance(length, int) and 0 <= length < len(target):
        del target[length:]
    target += items(value)[:_LONGEST]
    return True


def _deleted(place: Any, key: object) -> bool:
    if isinstance(place, dict) and isinstance(key, str):
        return place.pop(key, None) is not None
    if isinstance(place, list) and isinstance(key, int) and 0 <= key < len(place):
        del place[key]
        return True
    return False
