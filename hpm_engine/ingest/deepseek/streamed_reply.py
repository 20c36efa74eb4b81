"""A reply as it streams, which counts where it was broken off before its message was written."""

from __future__ import annotations

from typing import Any

from hpm_engine.ingest.json.plain_values import items, mapping, text
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.episodes import StepFlag

_TEXTS = ("text-chunks", "text-delta")
_THOUGHTS = ("reasoning-chunks", "reasoning-delta")


class StreamedReply:
    """The pieces since the last message."""

    def __init__(self, session: GatheredSession) -> None:
        self._session = session
        self._words: list[str] = []
        self._thoughts: list[str] = []
        self._raw: Raw = (0, 0)

    def go_on(self, kind: str, data: dict[str, Any], raw: Raw) -> None:
        """Take a piece: a single one, or a row of packed ones."""
        chunk = mapping(data.get("chunk"))
        kind = text(chunk.get("type")) or kind
        words = text(chunk.get("text")) or "".join(map(text, items(data.get("texts"))))
        if words and kind in (*_TEXTS, *_THOUGHTS):
            self._raw = self._raw if self._words or self._thoughts else raw
            (self._words if kind in _TEXTS else self._thoughts).append(words)

    def forget(self) -> None:
        """Drop the pieces: the message that holds them all was written."""
        self._words, self._thoughts = [], []

    def break_off(self) -> None:
        """Add what was said so far: no message follows."""
        words, thoughts = "".join(self._words), "".join(self._thoughts)
        self.forget()
        if words.strip() or thoughts.strip():
            turn = self._session.reply(words, self._raw, reasoning=thoughts)
            turn.flags |= StepFlag.INTERRUPTED
