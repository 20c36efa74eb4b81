"""Follows up what recalls gave, once the sessions are in the store that they gave it to."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.handed import (
    Handed,
    HandedRows,
    HandedSession,
    Salted,
    SessionEpisode,
)
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.term_counts import TermCounts
from hpm_engine.system.log.work import work
from hpm_engine.usage.common_terms import CommonTerms
from hpm_engine.usage.judge import SHIPPED, Following, Weights
from hpm_engine.usage.session_acts import SessionTerms, StepTerms, terms_told
from hpm_engine.values.episodes import Step
from hpm_engine.values.recall import MemoryKind, Use
from hpm_engine.words.own_quotation import is_own_quotation
from hpm_engine.words.telling_terms import Term, TermKind

_LOG = logging.getLogger(__name__)
_MOST_EPISODES = 40  # that a session is: itself, its branches and subagents
_STATE = 8  # bytes


class Usage:
    """Judges each recall anew whose session has changed since, one transaction a recall."""

    def __init__(
        self,
        database: Database,
        log: AuditLog,
        episodes: EpisodeRows,
        steps: StepRows,
        weights: Weights = SHIPPED,
    ) -> None:
        self._db, self._log = database, log
        self._episodes, self._steps = episodes, steps
        self._rows = HandedRows(database)
        self._counts = TermCounts(database)
        self._weights = weights

    def follow_up(self, job: Job) -> int:
        """Bring what is known up to date; how many recalls were judged anew.

        Raises ``Cancelled``, with the recalls before it kept.
        """
        with self._db.reading():
            pending = self._pending()
        if not pending:
            return 0
        with work(_LOG, "following up what was recalled") as counts:
            for number, (session, episodes) in enumerate(pending):
                job.step(number, len(pending), "following up what was recalled", "recalls")
                self._judge(session, episodes)
                job.give_way()
            counts["recalls"] = len(pending)
        return len(pending)

    def _pending(self) -> list[tuple[HandedSession, list[SessionEpisode]]]:
        sessions = self._rows.sessions()
        if not sessions:
            return []
        known = self._rows.episodes()
        pending = []
        for session in sessions:
            episodes = known.get(session.into, []) if session.into else []
            if session.state == _state(episodes):
                continue
            # What is left of a session whose text was deleted would judge it anew, and wrongly.
            if session.state and any(episode.evicted for episode in episodes):
                continue
            pending.append((session, episodes))
        return pending

    def _judge(self, session: HandedSession, episodes: Sequence[SessionEpisode]) -> None:
        # Read without keeping others from writing; what changes meanwhile is seen the next time.
        with self._db.reading():
            given = self._rows.of_recall(session.recall_id)
            judged = self.judged(session, episodes, given)
        # Of what was erased nothing new can be told, but that the session is gone.
        kept = [
            old if episodes and not old.terms and old.use is not Use.UNKNOWN else new
            for old, new in zip(given, judged, strict=True)
        ]
        top = [episode.id for episode in episodes if episode.top_level]
        first = next(iter(top or [episode.id for episode in episodes]), None)
        with self._db.writing():
            self._rows.put(session.recall_id, first, _state(episodes), kept)
            if [each.use for each in kept] != [each.use for each in given]:
                counts = Counter(each.use.value for each in kept)
                detail = {"episode": first} | {use.name.lower(): counts[use.value] for use in Use}
                self._log.append("follow up", f"recall:{session.recall_id}", detail=detail)

    def judged(
        self,
        session: HandedSession,
        episodes: Sequence[SessionEpisode],
        given: Sequence[Handed],
    ) -> list[Handed]:
        """What became of ``given`` in a session that is these episodes."""
        if not episodes or not given:
            return [each._replace(use=Use.UNKNOWN, step=None) for each in given]
        salted = Salted(session.salt)
        firsts = {digest for each in given for digest in each.terms}
        begins: dict[str, bool] = {}

        def may_begin(word: str) -> bool:
            if word not in begins:
                begins[word] = salted.digest(Term(TermKind.FIRST, word)) in firsts
            return begins[word]

        before: list[StepTerms] = []
        after: list[StepTerms] = []
        ids = [episode.id for episode in episodes][:_MOST_EPISODES]
        for key in ids:
            steps = self._steps.steps(key, 0, None)
            start = _start(steps, session.at)
            for step in SessionTerms(steps, may_begin).of_steps():
                (before if step.seq < start else after).append(step)
        after.sort(key=lambda step: (step.at or 0, step.episode_id, step.seq))
        handed = {each.id for each in given if each.kind is MemoryKind.EPISODE}
        background = CommonTerms(self._counts, set(ids), session.at, handed)
        told = terms_told(session.cue)
        following = Following(given, salted, told, background.common, self._weights)
        return following.verdicts(before, after)


def _start(steps: Sequence[Step], at: int) -> int:
    """The position of the first step after a recall; behind all where that cannot be told."""
    known = False
    for step in steps:
        known = known or step.at is not None
        if step.at is not None and step.at > at:
            return step.seq
    if known or not steps:
        return len(steps) + (steps[0].seq if steps else 0)
    # Without times, the recall stands where the session has what it was given.
    for step in steps:
        if any(is_own_quotation(part.text) for part in step.parts):
            return step.seq + 1
    return len(steps)


def _state(episodes: Sequence[SessionEpisode]) -> bytes:
    """What tells one state of a session's episodes from another; empty for none."""
    if not episodes:
        return b""
    return sha256(b"".join(episode.digest for episode in episodes)).digest()[:_STATE]
