"""A person's prompts in a Codex rollout, told from texts that the harness adds.

A prompt is written twice: as an item with the role ``user``, like the project's instructions and
the environment, and as an event: ``user_message``, from version 0.148 on ``item_completed``. The
event is the person's; it comes next to its item, before the agent does anything. So texts are held
until then, and resolved together. Without an event the form of a text decides: a rollout may go on
with another version of Codex than it began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hpm_engine.ingest.codex.lines import Record
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.injected import split
from hpm_engine.values.episodes import StepFlag, StepSource

HELD = 200  # texts at most


class Prompt(NamedTuple):
    """A text to the agent, with its lines."""

    source: StepSource
    flags: StepFlag
    text: str
    lines: list[Located[Record]]


class _HeldText(NamedTuple):
    """A piece of a held text; ``item`` is the line of the item of a person's event."""

    kind: str
    injected: bool
    text: str
    line: Located[Record]
    item: Located[Record] | None = None


class _Held(NamedTuple):
    kind: str  # "item", "event", "completed" or "developer"
    texts: tuple[str, ...]
    line: Located[Record]

    @property
    def whole(self) -> str:
        return "\n".join(self.texts).strip()


class CodexPrompts:
    """The texts before a turn, held until the agent begins."""

    def __init__(self) -> None:
        self._held: list[_Held] = []

    def hold(self, kind: str, texts: Iterable[str], line: Located[Record]) -> bool:
        """Take a line's texts; returns True when they are so many that they must be resolved."""
        self._held.append(_Held(kind, tuple(texts), line))
        return len(self._held) >= HELD

    def resolve(self) -> Iterator[Prompt]:
        """The held texts, each once, in order."""
        entries, self._held = _without_repeats(self._held), []
        has_events = any(entry.kind == "event" for entry in entries)
        for kind, injected, text, line, item in _pair_neighbours(_pieces(entries)):
            if kind == "developer":
                yield Prompt(StepSource.SYSTEM, StepFlag.INJECTED, text, [line])
                continue
            lines = sorted(filter(None, (line, item)), key=lambda known: known.start)
            injected = injected or (has_events and kind == "item")
            flags = StepFlag.INJECTED if injected else StepFlag.NONE
            yield Prompt(StepSource.USER, flags, text, lines)


def _without_repeats(entries: list[_Held]) -> list[_Held]:
    """The texts without "completed" ones that repeat an "event"; other such become events."""
    events = [entry.whole for entry in entries if entry.kind == "event"]
    kept: list[_Held] = []
    for entry in entries:
        if entry.kind != "completed":
            kept.append(entry)
        elif entry.whole in events:
            events.remove(entry.whole)
        else:
            kept.append(entry._replace(kind="event"))
    return kept


def _pieces(entries: list[_Held]) -> list[_HeldText]:
    """All texts, cut into context and words, without the items that events repeat."""
    free: dict[str, list[_Held]] = {}
    for entry in entries:
        if entry.kind == "item":
            free.setdefault(entry.whole, []).append(entry)
    items = {
        index: same.pop(0).line
        for index, entry in enumerate(entries)
        if entry.kind == "event" and (same := free.get(entry.whole))
    }
    paired = {line.start for line in items.values()}
    pieces: list[_HeldText] = []
    for index, entry in enumerate(entries):
        if entry.kind == "developer":
            if entry.whole:
                pieces.append(_HeldText(entry.kind, True, "\n".join(entry.texts), entry.line))
        elif entry.kind == "event" or entry.line.start not in paired:
            pieces += _cut(entry, items.get(index))
    return pieces


def _cut(entry: _Held, item: Located[Record] | None) -> list[_HeldText]:
    """A line's pieces; neighbours of one kind are joined."""
    pieces: list[_HeldText] = []
    for text in entry.texts:
        for injected, piece in split(text, elements=entry.kind == "item"):
            if pieces and pieces[-1].injected == injected:
                piece = f"{pieces.pop().text}\n{piece}"
            pieces.append(_HeldText(entry.kind, injected, piece, entry.line, item))
    return pieces


def _pair_neighbours(pieces: list[_HeldText]) -> list[_HeldText]:
    """The pieces with each event paired to an item of the same words, else to the one before."""
    paired: list[_HeldText] = []
    for piece in pieces:
        index = None
        if (piece.kind, piece.injected, piece.item) == ("event", False, None):
            index = _item_index(piece.text.strip(), paired)
        if index is None:
            paired.append(piece)
        else:
            paired.append(piece._replace(item=paired.pop(index).line))
    return paired


def _item_index(text: str, before: list[_HeldText]) -> int | None:
    items = [
        index for index, piece in enumerate(before) if piece.kind == "item" and not piece.injected
    ]
    same = [index for index in items if before[index].text.strip() == text]
    return next(iter(same or [index for index in items if index == len(before) - 1]), None)
