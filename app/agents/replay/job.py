"""The job that asks past sessions again, and what it gives back."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.kit.engine_thread import Task
from app.kit.formatting import counted, share
from app.kit.session import Session
from hpm_engine import Help, HelpCase, Job, Memory, RecallReplay, ReplayedSession, WayShare

TITLE = "Ask past sessions again"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One thing that a session could have been told, and the sessions that would have told it."""

    session: ReplayedSession
    case: HelpCase
    sources: tuple[tuple[int, str], ...]  # episodes and their names

    @property
    def steps(self) -> int:
        """The bound on steps, which files alone have."""
        return self.session.saved_steps if self.case.help is Help.FILE else 0


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came out, at what moment (Unix microseconds)."""

    at: int
    replay: RecallReplay
    ways: tuple[WayShare, ...]
    rows: tuple[CaseRow, ...]
    episodes: int  # in the store, sessions of subagents left out


def ask_again(session: Session, latest: int | None) -> Task:
    """Ask the latest sessions again, or all; nothing is recorded."""

    def call(memory: Memory, job: Job) -> ReplayResult:
        compared = memory.replay.compare(job, latest)
        replay = compared.replay
        cases = [(asked, case) for asked in replay.sessions for case in asked.cases]
        ids = sorted({key for _, case in cases for key in case.from_episodes})
        names = {episode.id: episode.name for episode in memory.episodes.get(ids)}
        rows = tuple(
            CaseRow(asked, case, tuple((key, names.get(key, "")) for key in case.from_episodes))
            for asked, case in cases
        )
        whole = len(replay.sessions) + replay.skipped
        return ReplayResult(time.time_ns() // 1000, replay, compared.ways, rows, whole)

    return session.read(call, TITLE, sentence=asked)


def asked(title: str, result: ReplayResult, took: str) -> str:
    """What came out, for the log."""
    sessions = len(result.replay.sessions)
    if not sessions:
        return f"{title}: there was none to ask, {took}."
    helped = f"{share(result.replay.helped)} of {counted(sessions, 'session')}"
    return f"{title}: {helped} could have been told something, {took}."
