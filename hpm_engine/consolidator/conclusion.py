"""Concludes a cycle: the rows that would change, and how much would be forgotten."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.config import FEWEST_CANARIES
from hpm_engine.consolidator.base import floats, packed
from hpm_engine.consolidator.canary import chosen, found_share, lost
from hpm_engine.consolidator.cycle import Cycle
from hpm_engine.consolidator.descriptions import Descriptions
from hpm_engine.consolidator.forgetting import retention
from hpm_engine.consolidator.learned import held_of, learned_now
from hpm_engine.consolidator.links import changed_links, relinked
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.consolidator.upkeep import UpkeepResult, tidy
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototypes import PrototypeChange, PrototypeRow, PrototypeRows, Space
from hpm_engine.store.learned.settled import settled
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.consolidation import CycleReport, Member, Trigger


class CanaryCheck(NamedTuple):
    """What canaries find: shares by project, before and after, and of the same ones over all.

    ``gone`` is by how much what the same ones find fell (negative: it rose).
    """

    scores: dict[str, float]
    before: dict[str, float]
    found_before: float
    found_after: float
    canaries: int
    gone: float


class CycleDraft(NamedTuple):
    """A cycle that can be published: its report, the change it makes, its scores by project."""

    report: CycleReport
    change: PrototypeChange
    scores: dict[str, float]


class CycleConclusion:
    """Turns a cycle that has learned into its outcome; writes nothing."""

    def __init__(self, database: Database, steps: StepRows, cycle: Cycle) -> None:
        self._db = database
        self._steps = steps
        self._cycle = cycle
        self._base = cycle.base
        self._prototypes = PrototypeRows(database)
        self._reinforced = {member.prototype_id for member in cycle.members}

    def draft(
        self, actor: str, trigger: Trigger, bound: float, job: Job, forgotten: float = 0.0
    ) -> CycleDraft:
        """Tidied, checked and put into rows.

        ``bound`` is the share that may be forgotten: by this cycle, by its run, which has
        ``forgotten`` so much already, and since a person agreed.
        """
        started = time.monotonic()
        cycle, tidied = self._cycle, self._tidied()
        ids = [cycle.ids[row] for row in tidied.kept]
        merged = {cycle.ids[gone]: cycle.ids[into] for gone, into in tidied.merged}
        retired = {cycle.ids[row] for row in tidied.retired}
        members = self._members(merged, retired)
        job.step(0, None, "checking what was forgotten")
        checked = self._checked(tidied, ids, members)
        history, before = list(self._base.history), checked.before
        since = self._base.lost + checked.gone
        refused, asks = _refusal(checked, forgotten + checked.gone, since, bound)
        job.step(0, None, "naming what was learned")
        change = self._change(tidied, ids, members, [*merged, *retired])
        last, stored = cycle.last, {row.id for row in self._base.rows}
        report = CycleReport(
            id=None,
            at=time.time_ns() // 1000,
            actor=actor,
            trigger=trigger,
            memories=len({(member.episode_id, member.number) for member in cycle.members}),
            replayed=tuple(sorted(set(cycle.replayed))),
            born=tuple(key for key in ids if key in cycle.born),
            merged=tuple((gone, into) for gone, into in merged.items() if gone in stored),
            retired=tuple(sorted(retired)),
            moved=self._moved(tidied, ids),
            before=retention([*history, before] if before else history),
            after=retention([*history, checked.scores]),
            loss=last.loss if last else (),
            held=last.held if last else (),
            replay_loss=last.replay_loss if last else (),
            seconds=time.monotonic() - started,
            refused=refused,
            left=cycle.left,
            held_by={key: cycle.held_by[key] for key in ids if cycle.held_by[key] > 0},
            found_before=checked.found_before if checked.canaries else None,
            found=checked.found_after if checked.canaries else None,
            canaries=checked.canaries,
            lost=since,
            asks=asks,
        )
        return CycleDraft(report, change, checked.scores)

    def _tidied(self) -> UpkeepResult:
        cycle_id = self._base.cycle_id
        last = {row.id: row.reinforced for row in self._base.rows}
        idle = [
            0 if key in self._reinforced else cycle_id - last.get(key, cycle_id)
            for key in self._cycle.ids
        ]
        return tidy(self._cycle.long_term, idle, self._cycle.pinned_rows())

    def _members(self, merged: dict[int, int], retired: set[int]) -> list[Member]:
        old = () if self._base.outdated else self._base.members
        return relinked((*old, *self._cycle.members), merged, retired)

    def _checked(
        self, tidied: UpkeepResult, ids: Sequence[int], members: Sequence[Member]
    ) -> CanaryCheck:
        """What canaries find before and after, by project and over all."""
        base = self._base
        old = () if base.outdated else base.members
        with self._db.reading():
            episodes = {member.episode_id for member in members} | {
                member.episode_id for member in old
            }
            projects = self._prototypes.projects(episodes)
        canaries = chosen(old, projects)
        now = chosen(members, projects)
        windows, rows = self._cycle.rows(sorted({*canaries, *now}))
        keys = [(window.episode_id, window.number) for window in windows]
        before_ids = [] if base.outdated else [row.id for row in base.rows]
        start = base.long_term().means
        means = tidied.after.means

        def shares(
            wanted: Iterable[tuple[int, int]],
            where: dict[int, str],
            centres: Matrix,
            held: list[set[int]],
        ) -> dict[str, float]:
            here = set(wanted)
            picked = [i for i, key in enumerate(keys) if key in here]
            return found_share(rows[picked], [keys[i][0] for i in picked], where, centres, held)

        held_before, held_after = _held(before_ids, old), _held(ids, members)
        together = dict.fromkeys(projects, "")
        was = shares(canaries, together, start, held_before)
        shares_after = shares(canaries, together, means, held_after)
        return CanaryCheck(
            shares(now, projects, means, held_after),
            shares(canaries, projects, start, held_before),
            was.get("", 0.0),
            shares_after.get("", 0.0),
            len(canaries),
            lost(was, shares_after),
        )

    def _change(
        self, tidied: UpkeepResult, ids: Sequence[int], members: Sequence[Member], gone: list[int]
    ) -> PrototypeChange:
        base, old = self._base, {row.id: row for row in self._base.rows}
        prototypes = []
        words = Descriptions(self._db, self._steps).of(ids, members, self._reinforced, old)
        for key, mean, information, count, resultant in zip(ids, *tidied.after, strict=True):
            was = old.get(key)
            row = PrototypeRow(
                key,
                was.born if was else base.cycle_id,
                base.cycle_id if key in self._reinforced or was is None else was.reinforced,
                float(count),
                float(resultant),
                packed(mean),
                packed(information),
                words[key],
            )
            if row != was:
                prototypes.append(row)
        if base.outdated:
            gone = [*gone, *old]
        return PrototypeChange(
            prototypes,
            [key for key in gone if key in old],
            *changed_links(base.members, members),
            Space(base.encoder.sha256, packed(self._cycle.origin)),
            *self._settling(members),
        )

    def _settling(self, members: Sequence[Member]) -> tuple[list[int], list[int]]:
        """The episodes that are learned, all their memories being held, and that are no longer."""
        old = () if self._base.outdated else self._base.members
        held, before = held_of(members), held_of(old)
        with self._db.reading():
            known = settled(self._db)
            now = learned_now(self._cycle.memories, held, before, known)
        return sorted(now - known), sorted(known - now)

    def _moved(self, tidied: UpkeepResult, ids: Sequence[int]) -> dict[int, float]:
        """How far prototypes that were there before went, in cosine distance."""
        if self._base.outdated:
            return {}
        start = {row.id: floats(row.mean) for row in self._base.rows}
        return {
            key: max(0.0, float(1 - mean @ start[key]))
            for key, mean in zip(ids, tidied.after.means, strict=True)
            if key in start
        }


def _refusal(checked: CanaryCheck, in_run: float, since: float, bound: float) -> tuple[str, bool]:
    """Why a cycle may not be published, and whether a person may allow it; "" where it may.

    ``in_run`` is what its run would have forgotten with it, ``since`` what since somebody agreed.
    """
    if checked.canaries < FEWEST_CANARIES.value or checked.gone <= 0:
        return "", False
    change = (
        f"{checked.found_before:.1%} → {checked.found_after:.1%} of {checked.canaries} asked for"
    )
    if checked.gone > bound:
        return (
            f"The cycle would forget {checked.gone * 100:.1f} points of what is found again"
            f" ({change}); at most {bound * 100:.1f} are allowed. Nothing was changed.",
            False,
        )
    if since > bound:
        return (
            f"With this cycle {since * 100:.1f} points of what is found again would be forgotten"
            f" since somebody last agreed; at most {bound * 100:.1f} are allowed ({change})."
            " Nothing was changed. Agree to what was forgotten so far, and they go on from there.",
            True,
        )
    if in_run > bound:
        return (
            f"With this cycle the run would forget {in_run * 100:.1f} points of what is found again"
            f" ({change}); at most {bound * 100:.1f} are allowed. The cycle changed nothing; those"
            " before it stand.",
            False,
        )
    return "", False


def _held(ids: Sequence[int], members: Iterable[Member]) -> list[set[int]]:
    of: dict[int, set[int]] = defaultdict(set)
    for member in members:
        of[member.prototype_id].add(member.episode_id)
    return [of[key] for key in ids]


def strip_of(row: PrototypeRow) -> float:
    """The sum of a prototype's Fisher information."""
    return float(np.frombuffer(row.fisher, "<f4").sum(dtype=np.float64))
