"""Follows up what recalls gave, once the sessions are in the store that they gave it to."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

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
from hpm_engine.usage.session_acts import terms_told
from hpm_engine.usage.session_reading import SessionReading
from hpm_engine.values.recall import MemoryKind, Use

_LOG = logging.getLogger(__name__)
_MOST_EPISODES = 40  # that a session is: itself, its branches and subagents
_STATE = 8  # bytes


class _Pending(NamedTuple):
    """A recall to be judged anew, and the episodes that its session is."""

    session: HandedSession
    episodes: tuple[SessionEpisode, ...]


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
        groups: dict[str, list[_Pending]] = {}
        for each in pending:
            groups.setdefault(each.session.into, []).append(each)
        done = 0
        with work(_LOG, "following up what was recalled") as counts:
            for group in groups.values():
                # A session that asked often is read once.
                reading = self._reading(group)
                for each in group:
                    job.step(done, len(pending), "following up what was recalled", "recalls")
                    self._judge(each, reading)
                    done += 1
                job.give_way()
            counts["recalls"] = done
        return done

    def _pending(self) -> list[_Pending]:
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
            pending.append(_Pending(session, tuple(episodes)))
        return pending

    def _reading(self, group: Sequence[_Pending]) -> SessionReading:
        with self._db.reading():
            given = {each: self._rows.of_recall(each.session.recall_id) for each in group}
            ids = [episode.id for episode in group[0].episodes][:_MOST_EPISODES]
            salts = [
                (Salted(each.session.salt), {term for one in own for term in one.terms})
                for each, own in given.items()
            ]
            return SessionReading({key: self._steps.steps(key, 0, None) for key in ids}, salts)

    def _judge(self, pending: _Pending, reading: SessionReading) -> None:
        session, episodes = pending
        # Read without keeping others from writing; what changes meanwhile is seen the next time.
        with self._db.reading():
            given = self._rows.of_recall(session.recall_id)
            judged = self._judged(session, given, reading)
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

    def _judged(
        self, session: HandedSession, given: Sequence[Handed], reading: SessionReading
    ) -> list[Handed]:
        """What became of ``given`` in a session."""
        if not reading.ids or not given:
            return [each._replace(use=Use.UNKNOWN, step=None) for each in given]
        handed = {each.id for each in given if each.kind is MemoryKind.EPISODE}
        common = CommonTerms(self._counts, reading.ids, session.at, handed).common
        told = terms_told(session.cue)
        following = Following(given, Salted(session.salt), told, common, self._weights)
        return following.verdicts(*reading.around(session.at))


def _state(episodes: Sequence[SessionEpisode]) -> bytes:
    """What tells one state of a session's episodes from another; empty for none."""
    if not episodes:
        return b""
    return sha256(b"".join(episode.digest for episode in episodes)).digest()[:_STATE]
