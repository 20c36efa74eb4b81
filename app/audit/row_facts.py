"""A row of the audit log as the side pane tells it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.kit.controls.fact_list import Fact
from app.kit.formatting import exact_time, local_time, number
from app.kit.navigation import Place
from app.kit.plain_text import one_line
from app.kit.selection_facts import FactGroup, SelectionCall, SelectionFacts
from app.kit.view_names import ViewName
from hpm_engine import ActSpan, AuditFilter, AuditRow, Job, Memory

Go = Callable[[Place], None]


def row_call(seq: int, go: Go) -> SelectionCall:
    """How to read a row of the log by its number."""
    return partial(_read, seq, go)


def _read(seq: int, go: Go, memory: Memory, _job: Job) -> SelectionFacts:
    row = memory.audit.numbered(seq)
    title = f"Audit row {number(seq)}"
    if row is None:
        return SelectionFacts(title=title, name="It is no longer in the log.")
    acts = memory.audit.in_words(AuditFilter(), (ActSpan(seq, seq, 1),))
    return SelectionFacts(
        title=title,
        name=acts[0].text if acts else row.action,
        facts=(FactGroup("What was done", _facts(row)),),
        details=(FactGroup("Digests", _digests(row)),),
        related=(FactGroup("What it was done to", _subject(row, memory, go)),),
    )


def _facts(row: AuditRow) -> tuple[Fact, ...]:
    return (
        Fact("When", local_time(row.at, seconds=True), tip=exact_time(row.at)),
        Fact("Who", row.actor),
        Fact("Action", row.action),
        Fact("Subject", one_line(row.subject, 200)),
    )


def _digests(row: AuditRow) -> tuple[Fact, ...]:
    return (
        Fact("Before", row.before or "nothing", code=True),
        Fact("After", row.after or "nothing", code=True),
        Fact("Row before", row.previous, code=True),
        Fact("This row", row.hash, code=True),
        Fact("Detail", one_line(row.detail, 2_000), tip=row.detail[:4_000]),
    )


def _subject(row: AuditRow, memory: Memory, go: Go) -> tuple[Fact, ...]:
    kind, _, key = row.subject.partition(":")
    if not key.isdecimal():
        return ()
    if kind == "prototype":
        topic = Place(ViewName.PROTOTYPES, prototype_id=int(key))
        return (Fact("Topic", f"number {key}", go=partial(go, topic)),)
    if kind == "recall":
        recall = Place(ViewName.RECALL, recall_id=int(key))
        return (Fact("Recall", f"number {key}", go=partial(go, recall)),)
    if kind != "episode":
        return ()
    episode = next(iter(memory.episodes.get([int(key)])), None)
    if episode is None:
        return ()
    there = Place(ViewName.EPISODES, episode.id)
    return (Fact("Episode", one_line(episode.name, 120), go=partial(go, there)),)
