"""A person's message with what was given along: texts of attachments, names of files."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.values.episodes import Part, PartKind


def say_prompt(
    session: GatheredSession,
    words: str,
    given: Sequence[str],
    raw: tuple[int, int],
    at: int | None,
) -> None:
    """Add a message; each thing ``given`` is a part of its own behind the words."""
    first, *more = [text for text in (words, *given) if text and not text.isspace()] or [""]
    turn = session.words(first, raw, at)
    if turn is not None:
        turn.parts += (Part(PartKind.MESSAGE, text) for text in more)
