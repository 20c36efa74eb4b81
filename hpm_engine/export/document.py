"""What a document of an episode says, whatever its form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from hpm_engine.system import local_time
from hpm_engine.values.episodes import EpisodeDetail, PartKind, Step, StepFlag
from hpm_engine.values.exports import ExportPart, in_words
from hpm_engine.values.notes import Note
from hpm_engine.words.plurals import counted
from hpm_engine.words.visible_text import visible

_UNSAID = StepFlag.SUBMISSION | StepFlag.ABRIDGED
_WHO = {"user": "Person", "agent": "Agent", "system": "System"}
_LINE = 90  # characters of a part's first line, where the part is folded
KINDS = {
    PartKind.MESSAGE: "Message",
    PartKind.REASONING: "Thinking",
    PartKind.CALL: "Call",
    PartKind.RESULT: "Result",
}


class EpisodeDocument(msgspec.Struct):
    """An episode to be written: what is known of it, the person's notes, its steps."""

    detail: EpisodeDetail
    notes: Sequence[Note]
    left_out: frozenset[ExportPart]
    steps: Iterator[Step]
    alone: bool = True  # False: one of several in a file

    def notes_on(self, seq: int | None) -> list[Note]:
        """The notes on a step, or on the episode."""
        return [note for note in self.notes if note.seq == seq]


_PARTS = {
    ExportPart.THINKING: PartKind.REASONING,
    ExportPart.CALLS: PartKind.CALL,
    ExportPart.RESULTS: PartKind.RESULT,
}


def kept_of(steps: Iterable[Step], left_out: Collection[ExportPart]) -> Iterator[Step]:
    """The steps without what is left out; those of which nothing is left are gone too."""
    kinds = {kind for part, kind in _PARTS.items() if part in left_out}
    for step in steps:
        if ExportPart.INJECTED in left_out and step.flags & StepFlag.INJECTED:
            continue
        parts = tuple(part for part in step.parts if part.kind not in kinds)
        if parts or not step.parts:
            yield (
                step
                if len(parts) == len(step.parts)
                else msgspec.structs.replace(step, parts=parts)
            )


def title(detail: EpisodeDetail) -> str:
    """The title of a document, on one line."""
    return line(detail.episode.name) or f"Episode {detail.episode.id}"


def facts(detail: EpisodeDetail, left_out: Collection[ExportPart] = ()) -> list[tuple[str, str]]:
    """What is said of an episode before its steps, in order, with what is left out of them."""
    episode = detail.episode
    tokens = f"{episode.tokens_in:,} in, {episode.tokens_out:,} out"
    rows = {
        "Agent": " ".join(filter(None, (episode.agent, episode.model))),
        "Project": episode.project,
        "Folder": detail.cwd,
        "Branch": detail.branch,
        "Started": moment(episode.started_at),
        "Ended": moment(episode.ended_at),
        "Outcome": episode.outcome.value if episode.outcome.value != "unknown" else "",
        "Steps": f"{episode.steps:,}, {counted(episode.errors, 'error')}",
        "Tokens": tokens if episode.tokens_in or episode.tokens_out else "",
        "Cost": "" if episode.cost_usd is None else f"${episode.cost_usd:,.2f}",
        "Tags": ", ".join(episode.tags),
        "Session": episode.key,
        "Left out": in_words(left_out),
        "Text": "only what compression kept; the rest was deleted" if episode.evicted_at else "",
    }
    return [(name, line(value)) for name, value in rows.items() if value]


def step_head(step: Step) -> str:
    """The heading of a step: its number, who, when, and what is peculiar about it."""
    words = [f"Step {step.seq + 1:,}", _WHO[step.source.value], moment(step.at)]
    words += [
        flag.name.lower().replace("_", " ")
        for flag in StepFlag
        if flag & step.flags & ~_UNSAID and flag.name
    ]
    return " · ".join(filter(None, words))


def note_head(note: Note) -> str:
    """Who wrote a note, and when."""
    return f"Note, {line(note.author)}, {moment(note.changed_at)}"


def part_head(kind: PartKind, name: str, *, failed: bool) -> str:
    """What a part of a step is."""
    named = f"{KINDS[kind]} {line(name)}" if name and kind is not PartKind.RESULT else KINDS[kind]
    return f"{named} (error)" if failed else named


def line(text: str) -> str:
    """Any text on one line, nothing in it hidden."""
    return " ".join(visible(text).replace("\N{RETURN SYMBOL}", " ").split())


def first_line(text: str) -> str:
    """How a text begins."""
    begins = line(text[: 4 * _LINE].strip().partition("\n")[0])
    return begins if len(begins) <= _LINE else begins[: _LINE - 1] + "…"


def lines(text: str) -> str:
    """Any text with its lines, nothing in it hidden."""
    return visible(text, lines=True)


def moment(microseconds: int | None) -> str:
    """A local time with its offset; "" where it is not known."""
    local = None if microseconds is None else local_time.local(microseconds)
    return "" if local is None else local_time.stamp(local, seconds=False)
