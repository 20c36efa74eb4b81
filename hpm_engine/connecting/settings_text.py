"""An agent's settings with our entries put in, or taken out; all the rest is as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from hpm_engine.connecting.entries import SettingsEntry, is_ours
from hpm_engine.connecting.json_text import (
    Node,
    NotStrictJSON,
    parsed,
    put_item,
    put_member,
    without_child,
)

_HOOKS = "hooks"


class OthersEntry(ValueError):
    """Somebody else's value stands where one of ours would go."""


def with_entries(text: str, entries: Sequence[SettingsEntry], version: bool = False) -> str:
    """A settings text with the entries in it, each once; other entries of ours go.

    ``version`` puts ``"version": 1`` into a new file of hooks. Raises ``NotStrictJSON`` for a text
    that is none, and ``OthersEntry``. Proven before it is returned: without ours, the old and the
    new settings are the same values.
    """
    if holds(text, entries):
        return text
    blank = not text.strip()
    result = before = without_ours(text + "{}\n" if blank else text, entries)
    if version and blank:
        result = put_member(result, parsed(result), "version", 1)
    for entry in entries:
        result = _with(result, entry)
    _prove(before, result, entries, version and blank)
    return result


def holds(text: str, entries: Sequence[SettingsEntry]) -> bool:
    """Whether exactly these are our entries in a text; ``False`` for one that is no JSON."""
    try:
        node = parsed(text, _roots(entries))
    except NotStrictJSON:
        return False
    ours = [(where, key, value) for where, key, value in _ours(node, _roots(entries))]
    wanted = [(entry.where, entry.key, entry.value) for entry in entries]
    return sorted(map(repr, ours)) == sorted(map(repr, wanted))


def without_ours(text: str, entries: Sequence[SettingsEntry]) -> str:
    """The text without any entry of ours in the containers of these; containers stay."""
    while True:
        node = parsed(text, _roots(entries))
        spot = next(_spots(node, _roots(entries)), None)
        if spot is None:
            return text
        text = without_child(text, *spot)


def without_empty(text: str, containers: Sequence[tuple[str, ...]]) -> str:
    """The text without those of these containers that are empty, the inner ones first."""
    for where in sorted(containers, key=len, reverse=True):
        node = parsed(text, frozenset(name for where in containers for name in where))
        parent, child = _at(node, where[:-1]), _at(node, where)
        if parent is not None and child is not None and child.value in ({}, []):
            text = without_child(text, parent, child)
    return text


def missing_containers(text: str, entries: Sequence[SettingsEntry]) -> list[tuple[str, ...]]:
    """The containers that the entries need and a text lacks."""
    node = parsed(text if text.strip() else "{}", _roots(entries))
    missing = {
        entry.where[:depth]
        for entry in entries
        for depth in range(1, len(entry.where) + 1)
        if _at(node, entry.where[:depth]) is None
    }
    return sorted(missing)


def snippet(entries: Sequence[SettingsEntry]) -> str:
    """What a person would put in by hand, as JSON."""
    text = "{}\n"
    for entry in entries:
        text = _with(text, entry)
    return text


def _with(text: str, entry: SettingsEntry) -> str:
    node = parsed(text, frozenset(entry.where[:1]))
    inner: object = {entry.key: entry.value} if entry.key else [entry.value]
    container = node
    for depth, name in enumerate(entry.where):
        _must_be(container, dict, entry.where[:depth])
        child = (container.members or {}).get(name)
        if child is None:
            for missing in reversed(entry.where[depth + 1 :]):
                inner = {missing: inner}
            return put_member(text, container, name, inner)
        container = child
    if not entry.key:
        _must_be(container, list, entry.where)
        return put_item(text, container, entry.value)
    _must_be(container, dict, entry.where)
    if entry.key in (container.members or {}):
        raise OthersEntry(f"{'.'.join((*entry.where, entry.key))} is somebody else's")
    return put_member(text, container, entry.key, entry.value)


def _must_be(node: Node, kind: type, where: tuple[str, ...]) -> None:
    if not isinstance(node.value, kind):
        expected = "an object" if kind is dict else "a list"
        raise OthersEntry(f"{'.'.join(where) or 'the file'} is not {expected}")


def _roots(entries: Sequence[SettingsEntry]) -> frozenset[str]:
    return frozenset(entry.where[0] for entry in entries)


def _at(node: Node, where: Sequence[str]) -> Node | None:
    for name in where:
        child = (node.members or {}).get(name)
        if child is None:
            return None
        node = child
    return node


def _spots(node: Node, roots: frozenset[str]) -> Iterator[tuple[Node, Node]]:
    """The containers and the values of ours in them: an inner hook, or a group of ours alone."""
    for name in sorted(roots):
        root = (node.members or {}).get(name)
        if root is None or root.members is None:
            continue
        for child in root.members.values():
            if is_ours(child.value):  # a server
                yield root, child
            for item in child.items or ():
                if is_ours(item.value):
                    yield child, item
                inner = (item.members or {}).get(_HOOKS)
                hooks = (inner.items or ()) if inner is not None else ()
                own = [hook for hook in hooks if is_ours(hook.value)]
                if own and len(own) == len(hooks):
                    yield child, item
                elif own and inner is not None:
                    yield inner, own[0]


def _ours(node: Node, roots: frozenset[str]) -> Iterator[tuple[tuple[str, ...], str, object]]:
    """Our entries in a text: where, key and value."""
    for name in sorted(roots):
        root = (node.members or {}).get(name)
        for key, child in ((root.members or {}) if root is not None else {}).items():
            if is_ours(child.value):
                yield (name,), key, child.value
            for item in child.items or ():
                inner = (item.members or {}).get(_HOOKS)
                if is_ours(item.value) or (
                    inner is not None and any(is_ours(hook.value) for hook in inner.items or ())
                ):
                    yield (name, key), "", item.value


def _prove(before: str, after: str, entries: Sequence[SettingsEntry], versioned: bool) -> None:
    """Raise ``AssertionError`` unless what differs is ours alone."""
    left = without_ours(after, entries)
    left = without_empty(left, missing_containers(before, entries))
    value, wanted = parsed(left, frozenset()).value, parsed(before, frozenset()).value
    if versioned and isinstance(value, dict) and isinstance(wanted, dict):
        wanted = {"version": 1, **wanted}
    if json.dumps(value) != json.dumps(wanted) or not holds(after, entries):
        raise AssertionError("the settings would not be what they were, with ours added")
