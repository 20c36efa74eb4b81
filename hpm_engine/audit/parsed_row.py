"""A row of the audit log as sentences are made of it: its subject taken apart, its detail read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from hpm_engine.values.audit_acts import Link, LinkKind, Names, Phrase
from hpm_engine.values.reports import AuditRow

_LONGEST = 120  # characters of a name or a cue in a sentence

Part = Phrase | str


class ParsedRow(NamedTuple):
    """What a row is about, what it says, and what its subjects are called."""

    action: str
    kind: str  # of the subject
    key: str  # its number, name or digest
    detail: dict[str, Any]
    raw: str
    automatic: bool
    before: bool  # whether it was there before
    names: Names

    def number(self, name: str) -> int:
        """A number of the detail; 0 where somebody wrote something else."""
        value = self.detail.get(name)
        return value if isinstance(value, int) else 0

    def word(self, name: str) -> str:
        """A text of the detail."""
        value = self.detail.get(name)
        return value if isinstance(value, str) else ""

    def entries(self, name: str) -> int:
        """How many entries a list of the detail has."""
        value = self.detail.get(name)
        return len(value) if isinstance(value, list) else 0

    def subject(self) -> Phrase:
        """What the row is about, as a link where there is somewhere to go."""
        if self.kind == "episode":
            return episode_link(self.key, self.names)
        if self.kind == "prototype":
            name = self.names.prototypes.get(integer(self.key)) or f"topic {self.key}"
            return Phrase(f"“{cut(name)}”", Link(LinkKind.PROTOTYPE, self.key))
        if self.kind == "cycle":
            return Phrase(f"cycle {self.key}", Link(LinkKind.CYCLE, self.key))
        if self.kind == "search":
            return Phrase(f"“{cut(self.key)}”", Link(LinkKind.SEARCH, self.key))
        return Phrase(f"{self.kind} {self.key[:12]}".strip())


def read_row(row: AuditRow, names: Names) -> ParsedRow:
    """A row, read with what its subjects are called."""
    kind, _, key = row.subject.partition(":")
    detail = read_detail(row.detail)
    automatic = row.actor == "scheduler"
    if kind == "search" and not key and isinstance(detail.get("search"), str):
        key = detail["search"]
    return ParsedRow(row.action, kind, key, detail, row.detail, automatic, bool(row.before), names)


def read_detail(text: str) -> dict[str, Any]:
    """The detail of a row; empty where somebody wrote something else."""
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def episode_link(key: str, names: Names) -> Phrase:
    """An episode by its name, or that it is gone."""
    name = names.episodes.get(integer(key))
    if name is None:
        return Phrase(f"episode {key} (gone)")
    return Phrase(f"“{cut(name)}”", Link(LinkKind.EPISODE, key))


def pieces(parts: Sequence[Part]) -> tuple[Phrase, ...]:
    """The parts of a sentence, which begins with a capital."""
    phrases = [part if isinstance(part, Phrase) else Phrase(part) for part in parts if part]
    first = phrases[0]
    if first.link is None and first.text[:1].islower():
        phrases[0] = Phrase(first.text[:1].upper() + first.text[1:])
    return tuple(phrases)


def cut(text: str) -> str:
    """A name or a cue as one line that is not too long."""
    line = " ".join(text[: 4 * _LONGEST].split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def integer(text: str) -> int:
    """The number that a text is; 0 for another text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
