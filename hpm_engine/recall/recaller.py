"""From a cue to hits with their reasons, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import nlargest
from statistics import fmean

import msgspec

from hpm_engine.errors import BadQuery
from hpm_engine.recall.best_steps import (
    FORWARD,
    FORWARD_OF_ALL,
    Ranked,
    best_of_each,
    first_of_each,
    rank_steps,
)
from hpm_engine.recall.brief import SESSIONS, brief, latest
from hpm_engine.recall.context import block
from hpm_engine.recall.excerpt import Excerpts, text_of
from hpm_engine.recall.fusion import Measured, Ranking, fuse
from hpm_engine.recall.hit_groups import HitGroup, HitGroups
from hpm_engine.recall.lexical import Lexical
from hpm_engine.recall.meaning import Meaning, Vector
from hpm_engine.recall.noted import Noted
from hpm_engine.recall.prototype_matcher import PrototypeMatcher
from hpm_engine.recall.standing import importance, recency, use
from hpm_engine.recall.stated import Stated
from hpm_engine.recall.weights import SHIPPED, PartName
from hpm_engine.recall.working_memory import WorkingMemory
from hpm_engine.store.file.database import Database
from hpm_engine.store.proposals.accepted import AcceptedNotes
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, place_of, step_id
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.values.recall import (
    Alike,
    ContextBlock,
    Hit,
    Recall,
    RecallOptions,
    RecallScope,
    StageTime,
    StepHit,
)
from hpm_engine.words.plurals import counted

MOST_POOLED = 1_024  # candidates that are all scored; of more, those that some part put forward
_FORWARD = 256  # candidates that each part puts forward
_NEAR = 64  # steps whose episodes meaning puts forward: each is re-ranked among 30 others
_EVERYWHERE = RecallScope()


class _Clock:
    """Times the stages of one recall."""

    def __init__(self) -> None:
        self.stages: list[StageTime] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages.append(StageTime(name, 1000 * (time.perf_counter() - started)))


class Recaller:
    """Recall over one store. Reads inside the caller's transaction; records nothing."""

    def __init__(
        self,
        database: Database,
        episodes: EpisodeRows,
        steps: StepRows,
        memory: WorkingMemory,
        meaning: Meaning,
        general: PrototypeMatcher,
    ) -> None:
        self._index = RecallIndex(database)
        self._scope = ScopeRows(database)
        self._noted = Noted(database)
        self._episodes = episodes
        self._groups = HitGroups(self._index, episodes, steps)
        self._steps = steps
        self._working = memory
        self._meaning = meaning
        self._general = general
        self._accepted = AcceptedNotes(database)
        self._stated = Stated(database, steps, meaning)
        self._border = SecretBorder(database)

    def recall(
        self, cue: str, k: int, scope: RecallScope, without: Sequence[int], options: RecallOptions
    ) -> Recall:
        """The ``k`` episodes that answer ``cue`` best. Raises ``BadQuery`` for an empty cue."""
        if not cue.strip() or k < 1:
            raise BadQuery("There is nothing to recall: say what is being looked for.", 0)
        clock = _Clock()
        k = min(k, MOST_POOLED)
        chosen = SHIPPED if options.weights is None else options.weights
        weights = {weight.part: weight.weight for weight in chosen}
        with clock.stage("candidates"):
            total = self._episodes.count()
            scoped = scope != _EVERYWHERE or bool(without)
            # The ids of all of a large store take longer to list than to search.
            members = None
            if scoped or total <= MOST_POOLED:
                members = self._scope.members(scope, without)
        with clock.stage("encoding"):
            query = self._meaning.encode(cue)
        with clock.stage("words"):
            lexical = Lexical(self._index, cue, scoped=scoped)
            parts = lexical.measure(weights)
        with clock.stage("steps"):
            among, weight = members if scoped else None, weights.get(PartName.STEPS, 0.0)
            near, best = dict[int, float](), Ranked()
            if options.steps_of_all or weight:
                near, best = self._best_steps(query, lexical, among)
                parts += best_of_each(best, weight)
            elif members is None or len(members) > MOST_POOLED:
                near = self._meaning.steps(query, _NEAR, among)
        with clock.stage("meaning"):
            pool = _pool(members, parts, near)
            dense = self._dense(cue, query, pool, weights)
            parts += dense
        with clock.stage("prototypes"):
            cosines = self._general.cosines(query)
            if weight := weights.get(PartName.PROTOTYPES, 0.0):
                held = self._general.episodes(cosines, pool)
                parts += [Measured(PartName.PROTOTYPES, weight, held)] if held else []
            known = self._general.known(cosines, set(members or ()) if scoped else None)
        with clock.stage("ranking"):
            parts += self._standing(pool, options)
            ranking = fuse(pool, parts, latest_first=True).latest_first(self._scope.times)
        with clock.stage("nearly equal"):
            grouped = self._groups.merged if options.alike_once else self._groups.single
            groups = grouped(ranking, k)
        with clock.stage("best steps"):
            ids = [group.episode.id for group in groups]
            steps = self._steps_of(ids, query, lexical) if options.steps else []
        with clock.stage("fetching"):
            of_each = first_of_each(steps, options.steps)
            for group in groups:
                _answer_first(of_each, group)
            shown = best[: options.steps_of_all], of_each
            hits, step_hits = self._hits(ranking, groups, lexical, *shown)
        with clock.stage("context"):
            files = self._index.changed_by(hit.episode.id for hit in hits)
            given = hits
            if options.covered:
                covered = lexical.covered([hit.episode.id for hit in hits])
                given = tuple(hit for hit in hits if covered[hit.episode.id] >= options.covered)
            accepted = self._accepted.within(lexical.words, scope)
            noted = self._noted.hits(cue, scope)
            stated = self._stated.within(cue, scope, without)
            for_agents = accepted, noted, stated
            context = block(given, files, options.budget, known, options.steps_by, *for_agents)
            context = self._without_secrets(context)
        candidates = total if members is None else len(members)
        stages, notes = tuple(clock.stages), self._notes(weights, dense)
        answer = hits, step_hits, stages, context, notes, known, noted
        return Recall(None, cue, scope, candidates, *answer)

    def _without_secrets(self, context: ContextBlock) -> ContextBlock:
        text = self._border.clean(context.text) if context.text else ""
        return msgspec.structs.replace(context, text=text) if text != context.text else context

    def brief(self, scope: RecallScope, options: RecallOptions) -> Recall:
        """The latest sessions of a scope, subagents left out: nothing was asked."""
        started = time.perf_counter()
        members = self._scope.members(msgspec.structs.replace(scope, top_level=True), ())
        times = self._scope.times(members)
        newest = nlargest(SESSIONS, members, key=lambda member: times[member])
        hits = latest(self._episodes.get(newest))
        files = self._index.changed_by(newest)
        accepted = self._accepted.within((), scope)
        context = brief(hits, files, options.budget, options.steps_by, accepted)
        context = self._without_secrets(context)
        stage = StageTime("latest sessions", 1000 * (time.perf_counter() - started))
        return Recall(None, "", scope, len(members), hits, (), (stage,), context, ())

    def _dense(
        self, cue: str, query: Vector, pool: list[int], weights: dict[str, float]
    ) -> list[Measured]:
        """The parts that compare meanings; an episode without vectors stands in the middle."""
        parts = []
        if weight := weights.get(PartName.MEANING, 0.0):
            parts.append((PartName.MEANING, weight, self._meaning.episodes(query, pool)))
        if weight := weights.get(PartName.OPENING, 0.0):
            parts.append((PartName.OPENING, weight, self._meaning.openings(cue, pool)))
        if weight := weights.get(PartName.PHI, 0.0):
            parts.append((PartName.PHI, weight, self._meaning.phis(cue, pool)))
        return [
            Measured(name, weight, values, fmean(values.values()))
            for name, weight, values in parts
            if values
        ]

    def _standing(self, pool: list[int], options: RecallOptions) -> list[Measured]:
        """Recency, importance and earlier use, where they were asked for."""
        if not (options.recency or options.importance or options.use):
            return []
        rows = self._scope.standing(pool)
        now = time.time_ns() // 1000
        hits = (
            Measured(PartName.RECENCY, options.recency, recency(rows)),
            Measured(PartName.IMPORTANCE, options.importance, importance(rows, now)),
            Measured(PartName.USE, options.use, use(rows)),
        )
        return [part for part in hits if part.weight]

    def _notes(self, weights: Mapping[str, float], dense: list[Measured]) -> tuple[str, ...]:
        notes = []
        if waiting := self._index.count_missing():
            episodes = counted(waiting, "episode")
            notes.append(f"{episodes} not prepared for recall yet: found by meaning alone.")
        if not self._meaning.ready:
            notes.append(
                "Searched by words alone: the store is not prepared for recall by meaning yet."
            )
        elif weights.get(PartName.PHI) and PartName.PHI not in {part.name for part in dense}:
            why = "no candidate is prepared for that, or it knows no word of the cue"
            notes.append(f"Scored without the meaning of whole episodes: {why} (hpm encode).")
        return tuple(notes)

    def _best_steps(
        self, query: Vector, lexical: Lexical, among: list[int] | None
    ) -> tuple[dict[int, float], Ranked]:
        """The steps nearest to the query, and the best by their words too, of a whole scope."""
        # A limit must not be spent on steps that the scope leaves out.
        limit = FORWARD_OF_ALL if among is None else None
        near = self._meaning.steps(query, limit or FORWARD, among)
        members = None if among is None else set(among)
        return near, rank_steps(lexical.steps(limit), near, members, FORWARD)

    def _steps_of(self, ids: list[int], query: Vector, lexical: Lexical) -> Ranked:
        """All steps of some episodes that have a word of the cue or a meaning, best first."""
        spans = [(step_id(key, 0), step_id(key, MOST_STEPS - 1)) for key in ids]
        return rank_steps(lexical.steps_of(spans), self._meaning.steps_of(query, ids))

    def _hits(
        self,
        ranking: Ranking,
        groups: list[HitGroup],
        lexical: Lexical,
        best: Ranked,
        of_each: Mapping[int, Ranked],
    ) -> tuple[tuple[Hit, ...], tuple[StepHit, ...]]:
        """The hits with the steps of each, and the best steps of all."""
        terms = lexical.terms([group.episode.id for group in groups])
        shown = [*best, *(step for some in of_each.values() for step in some)]
        step_hits = self._step_hits(dict(shown), lexical)
        hits = (
            Hit(
                episode=group.episode,
                score=float(ranking.scores[group.rank]),
                tier=group.episode.tier,
                parts=ranking.explain(group.rank),
                steps=tuple(
                    step_hits[step]
                    for step, _ in of_each.get(group.episode.id, ())
                    if step in step_hits
                ),
                terms=terms[group.episode.id],
                alike=tuple(
                    Alike(episode.id, episode.name, episode.started_at, float(ranking.scores[rank]))
                    for rank, episode in group.others
                ),
            )
            for group in groups
        )
        return tuple(hits), tuple(step_hits[step] for step, _ in best if step in step_hits)

    def _step_hits(self, scores: dict[int, float], lexical: Lexical) -> dict[int, StepHit]:
        """The steps with these scores as they are shown, by id; those gone are left out."""
        positions = [place_of(key) for key in scores]
        digests = self._index.digests(episode_id for episode_id, _ in positions)
        steps_read = self._working.steps(positions, digests, self._steps.chosen)
        excerpts = Excerpts(lexical.words)
        hits = {}
        for key, value in scores.items():
            if (step := steps_read.get(place_of(key))) is not None:
                text, terms = excerpts.cut(text_of(step))
                hits[key] = StepHit(step.episode_id, step.seq, value, text, terms)
        return hits


def _answer_first(of_each: dict[int, Ranked], group: HitGroup) -> None:
    """Put what an episode that stands for others answered last before its best steps."""
    if group.answer is not None:
        key = step_id(group.episode.id, group.answer)
        ranked = of_each.get(group.episode.id, [])
        of_each[group.episode.id] = [
            (key, dict(ranked).get(key, 0.0)),
            *((step, score) for step, score in ranked if step != key),
        ]


def _pool(members: list[int] | None, parts: list[Measured], near: Mapping[int, float]) -> list[int]:
    """The candidates to score: all of a small scope, of a large one those put forward.

    By their words, or because one of their steps is ``near`` in meaning.
    """
    if members is not None and len(members) <= MOST_POOLED:
        return members
    within = None if members is None else set(members)
    pool = {place_of(step)[0] for step in near}
    for part in parts:
        known = [key for key in part.values if within is None or key in within]
        pool.update(nlargest(_FORWARD, known, key=part.values.__getitem__))
    return sorted(pool)
