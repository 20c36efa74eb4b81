"""Past sessions asked again: what recall would have given as they began, and its use."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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
    def saved_steps(self) -> int:
        """The bound over all sessions."""
        return sum(session.saved_steps for session in self.sessions)
