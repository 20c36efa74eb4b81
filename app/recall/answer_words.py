"""What is said of an answer beside and above its hits."""

from __future__ import annotations

from app.kit.formatting import counted, local_time, number
from app.kit.plain_text import one_line
from app.recall.recall_answer import Answer, HitRow
from hpm_engine import Recall, Use


def summary(answer: Answer) -> str:
    """How many hits there are, among how many episodes, and whether that was recorded."""
    hits = counted(len(answer.rows), "hit")
    recall = answer.recall
    if recall is None:
        return hits
    among = f"{hits} among {counted(recall.candidates, 'episode')}"
    return among + _recorded(recall, answer)


def _recorded(recall: Recall, answer: Answer) -> str:
    if recall.id is not None:
        return f" · recorded as {number(recall.id)}"
    return "" if answer.without else " · not recorded"


def past_words(answer: Answer) -> str:
    """Who asked a past recall, when, and where what it gave went."""
    past = answer.past
    assert past is not None
    given = sum(row.injected for row in answer.rows)
    used = sum(row.use is Use.USED for row in answer.rows)
    said = f", {number(used)} used" if used else ""
    went = "only shown"
    if past.into:
        went = f"{number(given)} given to {one_line(past.into, 60)}{said}"
    when = local_time(past.at, seconds=True)
    return f"Recall {number(past.id)} as it was: asked by {past.actor}, {when}; {went}."


def absent_words(answer: Answer) -> str:
    """What moved, and what is new, without the hits that are left out."""
    names = ", ".join(f"“{_short(row)}” (rank {row.rank})" for row in answer.without)
    befores = [(row.before, row.rank) for row in answer.rows]
    new = sum(before == 0 for before, _ in befores)
    moves = sum(bool(before) and before != rank for before, rank in befores)
    return f"As if {names} were absent: {number(moves)} moved, {number(new)} new."


def _short(row: HitRow) -> str:
    return one_line(row.name, 48) or f"episode {row.episode_id}"
