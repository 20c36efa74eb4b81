"""Why a store has no topics yet, and the button that brings them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hpm_engine import EpisodeQuery, Memory, NotFound


@dataclass(frozen=True, slots=True)
class MissingTopics:
    """What a store lacks: ``episodes``, or vectors (``waiting`` is None), or a cycle."""

    episodes: int
    waiting: int | None

    @classmethod
    def of(cls, memory: Memory) -> MissingTopics:
        """What an open store without prototypes lacks."""
        try:
            waiting: int | None = memory.consolidation.waiting()
        except NotFound:
            waiting = None
        return cls(len(memory.episodes.find(EpisodeQuery())), waiting)

    def said(
        self,
        take_in: Callable[[], None],
        prepare: Callable[[], None],
        learn: Callable[[], None],
    ) -> tuple[str, str, str, Callable[[], None] | None]:
        """Title, text and button of the empty page, and what the button does."""
        if not self.episodes:
            text = "Topics are learned from many sessions: import some first."
            return "No topics yet", text, "Import files…", take_in
        if self.waiting is None:
            text = (
                "Topics are learned from sessions by what they mean. Preparing for recall works"
                " that out; then they can be learned."
            )
            return "No topics yet", text, "Prepare for recall", prepare
        if self.waiting:
            text = f"{self.waiting:,} memories of your sessions are not yet learned."
            return "No topics yet", text, "Learn now", learn
        return (
            "No topics yet",
            "There is nothing in these sessions that could be learned.",
            "",
            None,
        )
