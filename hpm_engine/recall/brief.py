"""The brief for an agent that begins a session: what was done last in its project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hpm_engine.recall.context import accepted_pieces, day, joined, outcome_words
from hpm_engine.recall.quotation import fenced, quoted_line, tokens_in
from hpm_engine.values.episodes import Episode
from hpm_engine.values.proposals import AcceptedNote
from hpm_engine.values.recall import ContextBlock, GivenPiece, Hit, MemoryKind
from hpm_engine.words.own_quotation import DATA

SESSIONS = 3
_FILES = 4
_TITLE = 160  # characters
_OPENING = "Records of earlier sessions."
_NOTED = "First stand notes that a person accepted. "
_LATEST = "These are the latest of this project. Before you begin, or at an error, ask for more: "
_NOTES_SHARE = 2  # of the budget, accepted notes take one part at most


def latest(episodes: Sequence[Episode]) -> tuple[Hit, ...]:
    """Episodes as hits that nothing was asked for."""
    return tuple(Hit(episode, 0.0, episode.tier, (), (), ()) for episode in episodes)


def brief(
    hits: Sequence[Hit],
    files: Mapping[int, list[str]],
    budget: int,
    ask_by: str,
    accepted: Sequence[AcceptedNote] = (),
) -> ContextBlock:
    """A line or two of each, as many as the budget has room for.

    ``ask_by`` is how whoever reads it asks for more. Accepted notes stand first, in half of the
    budget at most: what a person decided holds from the first step on.
    """
    given = accepted_pieces(accepted, budget // _NOTES_SHARE)
    first, note_ids = joined(given)
    head = f"{_OPENING} {DATA} {_NOTED if first else ''}{_LATEST}{ask_by}."
    pieces = [first] if first else []
    ids: list[int] = []
    spent = tokens_in(head) + 40  # room for a long fence
    spent += tokens_in(first) + 2 if first else 0
    for hit in hits:
        piece = _piece(hit.episode, files.get(hit.episode.id, []))
        cost = tokens_in(piece) + 2
        if spent + cost > budget:
            break
        spent += cost
        pieces.append(piece)
        ids.append(hit.episode.id)
        given.append(GivenPiece(MemoryKind.EPISODE, hit.episode.id, piece))
    if not pieces:
        return ContextBlock("", 0, budget, ())
    text = f"{head}\n{fenced((chr(10) * 2).join(pieces))}"
    return ContextBlock(text, tokens_in(text), budget, tuple(ids), note_ids, (), tuple(given))


def _piece(episode: Episode, files: Sequence[str]) -> str:
    lines = [
        f"episode {episode.id}, {day(episode.started_at)}, {outcome_words(episode.outcome)}",
        f"> {quoted_line(episode.name[:_TITLE])}",
    ]
    if files:
        more = f" and {len(files) - _FILES} more" if len(files) > _FILES else ""
        lines.append("> changed: " + quoted_line(", ".join(files[:_FILES])) + more)
    return "\n".join(lines)
