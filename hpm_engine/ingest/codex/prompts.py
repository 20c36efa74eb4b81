"""Tells a person's prompts in a Codex rollout from what the harness put beside them.

A prompt stands twice: as an item with the role ``user``, like the project's instructions and the
environment, and as an event: ``user_message``, from version 0.148 on ``item_completed``. The event
is the person's; it comes next to its item, before the agent does anything. So texts are held until
then, and resolved together. Where no event came, the form of a text decides: a rollout may go on
with another version than it began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hpm_engine.ingest.codex.lines import Record
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.injected import split
from hpm_engine.values.episodes import StepFlag, StepSource

HELD = 200


class Prompt(NamedTuple):
    """A text on the way to the agent, with the lines it stands on."""

    source: StepSource
    flags: StepFlag
    text: str
    lines: list[Located[Record]]


class _Text(NamedTuple):
    """A piece of a text that is held; of a person's event ``item`` is the line of its item."""

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
    """Holds the texts before a turn until the agent begins."""

    def __init__(self) -> None:
        self._held: list[_Held] = []

    def hold(self, kind: str, texts: Iterable[str], line: Located[Record]) -> bool:
        """Take a line's texts; True when so many are held that they must be resolved now."""
        self._held.append(_Held(kind, tuple(texts), line))
        return len(self._held) >= HELD

    def resolve(self) -> Iterator[Prompt]:
        """The texts held, each once, in order."""
        held, self._held = _told_once(self._held), []
        told = any(entry.kind == "event" for entry in held)
        for kind, injected, text, line, item in _pair_neighbours(_pieces(held)):
            if kind == "developer":
                yield Prompt(StepSource.SYSTEM, StepFlag.INJECTED, text, [line])
                continue
            lines = sorted(filter(None, (line, item)), key=lambda known: known.start)
            injected = injected or (told and kind == "item")
            flags = StepFlag.INJECTED if injected else StepFlag.NONE
            yield Prompt(StepSource.USER, flags, text, lines)


def _told_once(held: list[_Held]) -> list[_Held]:
    """Without the events of the later kind that tell what one of the earlier kind tells."""
    events = [entry.whole for entry in held if entry.kind == "event"]
    kept: list[_Held] = []
    for entry in held:
        if entry.kind != "completed":
            kept.append(entry)
        elif entry.whole in events:
            events.remove(entry.whole)
        else:
            kept.append(entry._replace(kind="event"))
    return kept


def _pieces(held: list[_Held]) -> list[_Text]:
    """All texts cut where context ends and words begin, without the items that events repeat."""
    free: dict[str, list[_Held]] = {}
    for entry in held:
        if entry.kind == "item":
            free.setdefault(entry.whole, []).append(entry)
    items = {
        at: same.pop(0).line
        for at, entry in enumerate(held)
        if entry.kind == "event" and (same := free.get(entry.whole))
    }
    paired = {line.start for line in items.values()}
    pieces: list[_Text] = []
    for at, entry in enumerate(held):
        if entry.kind == "developer":
            if entry.whole:
                pieces.append(_Text(entry.kind, True, "\n".join(entry.texts), entry.line))
        elif entry.kind == "event" or entry.line.start not in paired:
            pieces += _cut(entry, items.get(at))
    return pieces


def _cut(held: _Held, item: Located[Record] | None) -> list[_Text]:
    """A line's pieces, put together as far as they are of one kind."""
    pieces: list[_Text] = []
    for text in held.texts:
        for injected, piece in split(text, elements=held.kind == "item"):
            if pieces and pieces[-1].injected == injected:
                piece = f"{pieces.pop().text}\n{piece}"
            pieces.append(_Text(held.kind, injected, piece, held.line, item))
    return pieces


def _pair_neighbours(pieces: list[_Text]) -> list[_Text]:
    """An event whose item holds more than its words goes with these, else with those before it."""
    paired: list[_Text] = []
    for piece in pieces:
        at = None
        if (piece.kind, piece.injected, piece.item) == ("event", False, None):
            at = _item_of(piece.text.strip(), paired)
        if at is None:
            paired.append(piece)
        else:
            paired.append(piece._replace(item=paired.pop(at).line))
    return paired


def _item_of(text: str, before: list[_Text]) -> int | None:
    words = [at for at, piece in enumerate(before) if piece.kind == "item" and not piece.injected]
    same = [at for at in words if before[at].text.strip() == text]
    return next(iter(same or [at for at in words if at == len(before) - 1]), None)
