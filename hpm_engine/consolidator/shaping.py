"""Merges and forgets prototypes as a person asks; either is undone like a cycle."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import structs

from hpm_engine.consolidator.base import Base, floats, long_term_of, packed
from hpm_engine.consolidator.conclusion import CycleDraft
from hpm_engine.consolidator.descriptions import words_in
from hpm_engine.consolidator.links import changed_links, relinked
from hpm_engine.consolidator.upkeep import absorb
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.recall.prototype_labels import together
from hpm_engine.store.learned.prototypes import PrototypeChange, PrototypeRow
from hpm_engine.values.consolidation import CycleReport, Member, Merging, Trigger


def merging(base: Base, ids: Sequence[int]) -> Merging:
    """What merging ``ids`` would come to; a pinned one stays, else that with most memories.

    Raises ``NotFound`` for a prototype that is not there, ``BadQuery`` for fewer than two.
    """
    rows = _rows(base, ids)
    if len(rows) < 2:
        raise BadQuery("Merging needs at least two topics.", 0)
    into, *away = sorted(rows, key=lambda row: (row.id not in base.pinned, -row.count, row.id))
    mean = floats(_merged_row(into, away).mean)
    return Merging(
        into.id,
        tuple(row.id for row in away),
        tuple(float(floats(into.mean) @ floats(row.mean)) for row in away),
        max(0.0, float(1 - mean @ floats(into.mean))),
        sum(row.count for row in rows),
    )


def merged(base: Base, ids: Sequence[int], actor: str) -> CycleDraft:
    """The change that makes one prototype of several, and its report."""
    plan = merging(base, ids)
    rows = {row.id: row for row in base.rows}
    into = _merged_row(rows[plan.into], [rows[key] for key in plan.gone])
    members = relinked(base.members, dict.fromkeys(plan.gone, plan.into), ())
    links = changed_links(base.members, members)
    report = structs.replace(
        _report(base, actor, Trigger.MERGED),
        merged=tuple((key, plan.into) for key in plan.gone),
        moved={plan.into: plan.moved},
    )
    return CycleDraft(report, PrototypeChange([into], list(plan.gone), *links, base.space), {})


def forgotten(base: Base, ids: Sequence[int], actor: str) -> CycleDraft:
    """The change that takes prototypes away: memories that no other one holds wait again."""
    gone = [row.id for row in _rows(base, ids)]
    members = relinked(base.members, {}, set(gone))
    links = changed_links(base.members, members)
    lost = {_memory(member) for member in base.members} - {_memory(member) for member in members}
    no_longer = sorted({episode_id for episode_id, _ in lost})
    report = structs.replace(_report(base, actor, Trigger.FORGOTTEN), retired=tuple(gone))
    return CycleDraft(report, PrototypeChange([], gone, *links, base.space, [], no_longer), {})


def _memory(member: Member) -> tuple[int, int]:
    return member.episode_id, member.number


def _rows(base: Base, ids: Sequence[int]) -> list[PrototypeRow]:
    rows = {row.id: row for row in base.rows}
    for key in ids:
        if key not in rows:
            raise NotFound(f"There is no topic {key}; hpm prototypes lists those there are.")
    if not ids:
        raise BadQuery("No topic was named.", 0)
    return [rows[key] for key in dict.fromkeys(ids)]


def _merged_row(into: PrototypeRow, away: Sequence[PrototypeRow]) -> PrototypeRow:
    long_term = long_term_of([into, *away])
    for row in range(1, len(away) + 1):
        absorb(long_term, 0, row)
    words = together(words_in(row) for row in (into, *away))
    return structs.replace(
        into,
        reinforced=max(row.reinforced for row in (into, *away)),
        count=float(long_term.counts[0]),
        resultant=float(long_term.resultants[0]),
        mean=packed(np.asarray(long_term.means[0])),
        fisher=packed(np.asarray(long_term.information[0])),
        words=msgspec.json.encode(words).decode(),
    )


def _report(base: Base, actor: str, trigger: Trigger) -> CycleReport:
    """A report of no learning at all: nothing was measured, nothing replayed."""
    return CycleReport(
        id=None,
        at=time.time_ns() // 1000,
        actor=actor,
        trigger=trigger,
        memories=0,
        replayed=(),
        born=(),
        merged=(),
        retired=(),
        moved={},
        before=None,
        after=None,
        loss=(),
        held=(),
        replay_loss=(),
        seconds=0.0,
        lost=base.lost,
    )
