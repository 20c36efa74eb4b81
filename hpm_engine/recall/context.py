"""The context block: recalled pieces for an agent, quoted as data, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpm_engine.recall.quotation import fenced, quoted, quoted_line, tokens_in
from hpm_engine.system import local_time
from hpm_engine.values.episodes import Outcome
from hpm_engine.values.memory_notes import NoteAuthor, NoteHit
from hpm_engine.values.proposals import AcceptedNote
from hpm_engine.values.recall import (
    STEPS_BY,
    ContextBlock,
    GivenPiece,
    Hit,
    Known,
    MemoryKind,
)
from hpm_engine.words.own_quotation import OPENING

if TYPE_CHECKING:
    from hpm_engine.recall.stated import Stating

_NOTED = " First stand notes that a person accepted."
_HEAD = OPENING + "{noted} Steps count from 1: {steps_by}."
_NOTED_LAST = " Last stand notes that agents or people keep for later sessions."
_NOTES_SHARE = 5  # of the budget, notes take one part at most
_STATED_SHARE = 0.8  # of the budget, that what people said is sure of, beside what hits leave
_STATED = "[people said in this project, latest last; episode: words]"
_CUT = "(cut: the note goes on)"
_LEAST_CUT = 40  # tokens of a note below which none is cut to
_NOTED_BY = {NoteAuthor.AGENT: "by an agent", NoteAuthor.PERSON: "by a person"}
_OUTCOME = {
    Outcome.SUCCESS: "succeeded",
    Outcome.PARTIAL: "PARTLY FAILED ATTEMPT",
    Outcome.FAILURE: "FAILED ATTEMPT: do not repeat it as it stands",
    Outcome.UNKNOWN: "outcome not known",
}
_LONGEST_FILES = 8
_JOINT = 2  # tokens of the empty line between two pieces
_MOST_ALIKE = 8  # episodes that are named


def block(
    hits: Sequence[Hit],
    files: dict[int, list[str]],
    budget: int,
    known: Sequence[Known] = (),
    steps_by: str = STEPS_BY,
    accepted: Sequence[AcceptedNote] = (),
    noted: Sequence[NoteHit] = (),
    stated: Sequence[Stating] = (),
) -> ContextBlock:
    """The hits as text, best first, as many as the budget has room for.

    ``steps_by`` is how whoever reads it gets whole steps.

    Notes that a person accepted stand first, then what is generally known; each takes a fifth of
    the budget at most. Other notes stand last, in what accepted ones leave of their fifth. What
    people said for later stands before the hits: four fifths of the budget
    are kept for it, and it takes what hits leave.

    Every line from a trace begins with ``> `` and holds nothing that is unseen (``visible_text``),
    and the fence around it all is longer than any run of its character inside: no quoted text can
    end the quotation. What was quoted once is not quoted again.
    """
    pieces: list[str] = []
    # The fence may grow by what is quoted: room is kept for a long one.
    stood = accepted_pieces(accepted, budget // _NOTES_SHARE)
    first, note_ids = joined(stood)
    spent = 40
    if first:
        spent += tokens_in(first) + _JOINT
        pieces.append(first)
    general = _generally(known, budget // 5)
    if general:
        spent += tokens_in(general) + 1
        pieces.append(general)
    opening = _opening(steps_by, accepted=bool(first), noted=bool(noted))
    left = budget // _NOTES_SHARE - tokens_in(first)
    notes = _notes(noted, min(left, budget - spent - tokens_in(opening)))
    if not notes:
        opening = _opening(steps_by, accepted=bool(first))
    spent += tokens_in(opening) + sum(tokens_in(piece) + _JOINT for _, piece in notes)
    kept = min(_cost_of(stated), int(budget * _STATED_SHARE))
    given, spent = _told(hits, files, spent, budget - kept)
    if said := _fitting(stated, budget - spent):
        in_time = sorted(said, key=lambda statement: statement.at or 0)
        pieces.append("\n".join((_STATED, *map(_said, in_time))))
        spent += _cost_of(said)
    if not (given or note_ids or notes or said) or spent > budget:
        return ContextBlock("", 0, budget, ())
    pieces += [piece.text for piece in given]
    body = "\n\n".join([*pieces, *(piece for _, piece in notes)])
    text = f"{opening}\n{fenced(body)}"
    noted_ids = tuple(note_id for note_id, _ in notes)
    stated_ids = dict.fromkeys(statement.episode_id for statement in said)
    of_notes = [GivenPiece(MemoryKind.NOTE, note_id, piece) for note_id, piece in notes]
    return ContextBlock(
        text,
        tokens_in(text),
        budget,
        tuple(piece.id for piece in given),
        note_ids,
        noted_ids,
        (*stood, *given, *of_notes),
        tuple(stated_ids),
    )


def _told(
    hits: Sequence[Hit], files: dict[int, list[str]], spent: int, budget: int
) -> tuple[list[GivenPiece], int]:
    """The hits that find room, and what is spent then."""
    given: list[GivenPiece] = []
    quotes: set[str] = set()
    for hit in hits:
        heading = _heading(len(given) + 1, hit, files.get(hit.episode.id, []))
        cost = tokens_in(heading)
        if spent + cost > budget:
            break
        lines = [heading]
        for step in hit.steps:
            text = quoted(step.excerpt)
            if not text or (key := " ".join(text.split())) in quotes:
                continue
            piece = f"step {step.seq + 1}:\n{text}"
            if spent + cost + tokens_in(piece) + 1 > budget:
                break
            quotes.add(key)
            lines.append(piece)
            cost += tokens_in(piece) + 1
        spent += cost + 1
        given.append(GivenPiece(MemoryKind.EPISODE, hit.episode.id, "\n".join(lines)))
    return given, spent


def _said(statement: Stating) -> str:
    """A statement in a line, with its session."""
    return f"> {statement.episode_id}: {quoted_line(statement.text)}"


def _cost_of(stated: Sequence[Stating]) -> int:
    lines = [_STATED, *map(_said, stated)]
    return sum(tokens_in(line) + 1 for line in lines) + _JOINT if stated else 0


def _fitting(stated: Sequence[Stating], budget: int) -> list[Stating]:
    """Those that the budget has room for, the best first; a long one gives way to shorter ones."""
    fitting: list[Stating] = []
    left = budget - tokens_in(_STATED) - 1 - _JOINT
    for statement in stated:
        cost = tokens_in(_said(statement)) + 1
        if cost <= left:
            fitting.append(statement)
            left -= cost
    return fitting


def _opening(steps_by: str, *, accepted: bool = False, noted: bool = False) -> str:
    told = f"{_NOTED if accepted else ''}{_NOTED_LAST if noted else ''}"
    return _HEAD.format(noted=told, steps_by=steps_by)


def joined(pieces: Sequence[GivenPiece]) -> tuple[str, tuple[int, ...]]:
    """The text of pieces, and their numbers."""
    return "\n\n".join(piece.text for piece in pieces), tuple(piece.id for piece in pieces)


def accepted_pieces(notes: Sequence[AcceptedNote], budget: int) -> list[GivenPiece]:
    """The notes that find room; where none does, the beginning of the first."""
    pieces: list[GivenPiece] = []
    spent = 0
    for note in notes:
        piece = f"{_note_head(note)}\n{quoted(note.text)}"
        if spent + (cost := tokens_in(piece) + 1) <= budget:
            spent += cost
            pieces.append(GivenPiece(MemoryKind.ACCEPTED, note.note_id, piece))
    if notes and not pieces:
        head = _note_head(notes[0])
        room = budget - tokens_in(head) - tokens_in(_CUT) - 2
        if room >= _LEAST_CUT:
            text = f"{head}\n{_beginning(quoted(notes[0].text), room)}\n{_CUT}"
            pieces.append(GivenPiece(MemoryKind.ACCEPTED, notes[0].note_id, text))
    return pieces


def _note_head(note: AcceptedNote) -> str:
    lines = [f"[note {note.note_id}] accepted by a person on {day(note.accepted_at)}"]
    facts = {"proposed by": note.agent, "project": note.project}
    lines += [f"> {name}: {quoted_line(fact)}" for name, fact in facts.items() if fact]
    return "\n".join(lines)


def _beginning(text: str, tokens: int) -> str:
    """As much of a quoted text as so many tokens hold."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens_in(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _notes(noted: Sequence[NoteHit], budget: int) -> list[tuple[int, str]]:
    """The notes that a budget has room for, each with its number."""
    pieces = []
    for hit in noted:
        piece = _note(hit)
        cost = tokens_in(piece) + _JOINT
        if cost <= budget:
            pieces.append((hit.note.id, piece))
            budget -= cost
    return pieces


def _note(hit: NoteHit) -> str:
    """A note with who wrote it, when, and the line that answers."""
    note = hit.note
    at = note.changed_at if note.changed_at is not None else note.created_at
    facts = {"called": note.called, "agent": note.agent, "for": note.scope}
    lines = [
        f"[note {note.id}] noted {_NOTED_BY[note.author]}, {day(at)}",
        *(f"> {name}: {quoted_line(fact)}" for name, fact in facts.items() if fact),
        quoted(hit.excerpt),
    ]
    return "\n".join(filter(None, lines))


def _generally(known: Sequence[Known], budget: int) -> str:
    """What prototypes tell, with the episodes that they have it from; "" for nothing."""
    lines = ["[generally known here]"]
    for prototype in known:
        sources = _sources(prototype.sources, prototype.episodes)
        said = f"> {quoted_line(prototype.told)}\nfrom episodes {sources}"
        if prototype.told and tokens_in("\n".join([*lines, said])) <= budget:
            lines.append(said)
    return "\n".join(lines) if len(lines) > 1 else ""


def _heading(number: int, hit: Hit, files: list[str]) -> str:
    episode = hit.episode
    ended = outcome_words(episode.outcome)
    lines = [f"[{number}] episode {episode.id}, {day(episode.started_at)}, {ended}"]
    if hit.alike:
        others = [other.episode_id for other in hit.alike[:_MOST_ALIKE]]
        noun = "episode" if len(hit.alike) == 1 else "episodes"
        lines.append(f"{hit.others}: {noun} {_sources(others, len(hit.alike))}")
    task = episode.task if episode.task != episode.title else ""
    facts = {
        "title": episode.title,
        "task": task,
        "agent": episode.agent,
        "project": episode.project,
    }
    lines += [f"> {name}: {quoted_line(fact)}" for name, fact in facts.items() if fact]
    if files:
        more = f" and {len(files) - _LONGEST_FILES} more" if len(files) > _LONGEST_FILES else ""
        lines.append("> changed: " + quoted_line(", ".join(files[:_LONGEST_FILES])) + more)
    return "\n".join(lines)


def _sources(known: Sequence[int], of: int) -> str:
    """The episodes that stand behind something that is known, in words."""
    more = f" and {of - len(known)} more" if of > len(known) else ""
    return ", ".join(map(str, known)) + more


def outcome_words(outcome: Outcome) -> str:
    """An outcome as an agent is told it."""
    return _OUTCOME[outcome]


def day(at: int | None) -> str:
    """The local day: whoever reads the block speaks of today and yesterday by that clock."""
    moment = None if at is None else local_time.local(at)
    return "date not known" if moment is None else moment.date().isoformat()
