"""Past sessions asked again: what recall would have given as they began, and its use."""

from __future__ import annotations

from enum import StrEnum
from math import sqrt

import msgspec

_Z = 1.96  # standard deviations to each side of a 95 % interval


class Help(StrEnum):
    """How what was given speaks of what the session did later, without its prompt doing so."""

    FILE = "file"  # it names a file that the session changed
    COMMAND = "command"  # it holds a command that the session ran with success
    FAILURE = "failure"  # it holds a command that had failed, and that failed again


class HelpCase(msgspec.Struct, frozen=True):
    """One thing that a session could have been told: the path or the command. Text of traces."""

    help: Help
    text: str
    from_episodes: tuple[int, ...]  # that were given


class ReplayedSession(msgspec.Struct, frozen=True):
    """One session asked again as of its first minute.

    ``saved_steps`` is a bound, and no estimate: the agent's steps before it first named one of the
    changed files that it could have been told, if every one of them was spent on finding it.
    """

    episode_id: int
    name: str
    earlier: int  # sessions that had ended by then
    given: tuple[int, ...]  # episodes
    tokens: int
    cases: tuple[HelpCase, ...]
    agent_steps: int
    saved_steps: int


class RecallReplay(msgspec.Struct, frozen=True):
    """All sessions that were asked again, the latest first."""

    sessions: tuple[ReplayedSession, ...]
    skipped: int  # sessions without a prompt, a time or an earlier session

    @property
    def helped(self) -> float:
        """The share of sessions that could have been told something, 0 to 1."""
        return self.share(*Help)

    def share(self, *kinds: Help) -> float:
        """The share of sessions with a case of one of these kinds, 0 to 1."""
        if not self.sessions:
            return 0.0
        with_case = sum(
            any(case.help in kinds for case in session.cases) for session in self.sessions
        )
        return with_case / len(self.sessions)

    @property
    def helped_sessions(self) -> int:
        """How many sessions could have been told something."""
        return sum(bool(session.cases) for session in self.sessions)

    @property
    def saved_steps(self) -> int:
        """The bound over all sessions."""
        return sum(session.saved_steps for session in self.sessions)


class Way(StrEnum):
    """How earlier sessions are chosen; all are cut to the same tokens by the same excerpts."""

    RECALL = "recall"  # as the hook gives them
    WORDS = "words"  # by BM25 alone, over the same texts
    LATEST = "latest"  # of the project
    RANDOM = "random"  # of the project


class WayShare(msgspec.Struct, frozen=True):
    """How many sessions one way could have told something, and of how many."""

    way: Way
    helped: int
    sessions: int

    @property
    def share(self) -> float:
        """The share, 0 to 1."""
        return self.helped / self.sessions if self.sessions else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share, as if no session had to do with another."""
        if not self.sessions:
            return 0.0, 1.0
        n, share = self.sessions, self.share
        spread = _Z * sqrt(share * (1 - share) / n + (_Z / (2 * n)) ** 2)
        middle, whole = share + _Z**2 / (2 * n), 1 + _Z**2 / n
        low, high = (middle - spread) / whole, (middle + spread) / whole
        return low if self.helped else 0.0, high if self.helped < n else 1.0


class ReplayComparison(msgspec.Struct, frozen=True):
    """A replay, and what simpler ways could have told the same sessions; recall's way first."""

    replay: RecallReplay
    ways: tuple[WayShare, ...]
