"""Replies of agents whose words, thoughts and calls are records of their own."""

from __future__ import annotations

from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.episodes import Part, PartKind


class ReplyPieces:
    """One step for each text of the agent, with the thoughts and calls about it.

    A second text begins the next step; thoughts and calls belong to the one that goes on.
    """

    def __init__(self, gathered: GatheredSession) -> None:
        self._gathered = gathered
        self._reply: Turn | None = None

    def end(self) -> None:
        """Close the reply: what follows is another's."""
        self._reply = None

    def words(self, text: str, raw: Raw, at: int | None) -> Turn:
        """Add a text."""
        turn = self._reply
        if turn is None or any(part.kind is PartKind.MESSAGE for part in turn.parts):
            turn = self._begin(raw, at)
        turn.parts.append(Part(PartKind.MESSAGE, text))
        return turn

    def thought(self, text: str, raw: Raw, at: int | None) -> Turn:
        """Add a thought."""
        turn = self._reply or self._begin(raw, at)
        turn.parts.append(Part(PartKind.REASONING, text))
        return turn

    def call(self, call: Part, raw: Raw, at: int | None) -> Turn:
        """Add a call, which awaits its result."""
        turn = self._reply or self._begin(raw, at)
        self._gathered.conversation.call(turn, [call])
        return turn

    def _begin(self, raw: Raw, at: int | None) -> Turn:
        self._reply = self._gathered.reply("", raw, at)
        return self._reply
