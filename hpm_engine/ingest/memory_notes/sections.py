"""The text of a note that a store keeps in fields: Markdown with a part for each field."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


def sections(title: str, parts: Iterable[tuple[str, object]]) -> str:
    """A heading, then each part under its name; an empty name has no heading, an empty part none.

    Lists, also where they are written as JSON text, become items.
    """
    blocks = [f"# {title}"] if title else []
    for name, value in parts:
        if body := _body(value):
            blocks.append(f"## {name}\n\n{body}" if name else body)
    return "\n\n".join(blocks)


def items_of(value: object) -> list[str]:
    """The texts of a list, or of a JSON text that is one; none for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return []
    return [str(each) for each in value] if isinstance(value, list) else []


def _body(value: object) -> str:
    if items := items_of(value):
        return "\n".join(f"- {item}" for item in items)
    if isinstance(value, list) or value is None:
        return ""
    text = str(value).strip()
    return "" if text == "[]" else text
