"""OTLP's attributes as plain values, and messages in flattened keys as lists again.

References: opentelemetry-proto `common.proto` (AnyValue) and its JSON mapping; the flat keys are
those of OpenLLMetry (`gen_ai.prompt.0.role`) and OpenInference (`llm.input_messages.0.message…`).
"""

from __future__ import annotations

from typing import Any

_MOST_ITEMS = 10_000  # of a flattened list
_DEPTH = 20  # levels of values
_SINGLE = frozenset(("message", "tool_call", "message_content"))


def attributes(pairs: object) -> dict[str, Any]:
    """The attributes of a span or event, by name; a plain object stays unchanged."""
    if isinstance(pairs, dict):
        return pairs
    if not isinstance(pairs, list):
        return {}
    return {
        pair["key"]: plain(pair.get("value"))
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
    }


def plain(value: object, depth: int = _DEPTH) -> Any:
    """The plain value of an AnyValue, in which 64-bit integers are strings."""
    if not isinstance(value, dict) or not depth:
        return value
    for key in ("stringValue", "boolValue", "doubleValue", "bytesValue"):
        if key in value:
            return value[key]
    if "intValue" in value:
        number = value["intValue"]
        return int(number) if isinstance(number, str) and _is_integer(number) else number
    if isinstance(items := value.get("arrayValue"), dict):
        return [plain(item, depth - 1) for item in _list(items.get("values"))]
    if isinstance(pairs := value.get("kvlistValue"), dict):
        return {
            pair["key"]: plain(pair.get("value"), depth - 1)
            for pair in _list(pairs.get("values"))
            if isinstance(pair, dict) and isinstance(pair.get("key"), str)
        }
    return value or None


def numbered(values: dict[str, Any], prefix: str) -> list[Any]:
    """The list in keys such as ``prefix.0.role``, ``prefix.0.content`` and ``prefix.1.role``."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        if not key.startswith(f"{prefix}."):
            continue
        node, path = tree, key[len(prefix) + 1 :].split(".")[:_DEPTH]
        for name in path[:-1]:
            inner = node.setdefault(name, {})
            node = inner if isinstance(inner, dict) else {}
        node.setdefault(path[-1], value)
    items = _listed(tree)
    return items if isinstance(items, list) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _listed(tree: object) -> object:
    """The tree with lists for objects whose keys are numbers, without OpenInference's wrappers."""
    if not isinstance(tree, dict) or not tree:
        return tree
    if all(key.isascii() and key.isdigit() and len(key) < 6 for key in tree):
        ordered = sorted(tree.items(), key=lambda item: int(item[0]))
        return [_listed(value) for _, value in ordered[:_MOST_ITEMS]]
    values = {key: _listed(value) for key, value in tree.items()}
    if len(values) == 1 and (only := next(iter(values))) in _SINGLE:
        return values[only]
    if "contents" in values and "content" not in values:
        values["content"] = values.pop("contents")
    return values


def _is_integer(text: str) -> bool:
    return len(text) < 21 and text.removeprefix("-").isascii() and text.lstrip("-").isdigit()
