"""OpenCode, Kilo, MiMo Code and ZCode: sessions in the rows of a database or in small files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from hpm_engine.ingest.databases.row_lines import told_by
from hpm_engine.ingest.opencode.pieces import pieces
from hpm_engine.ingest.opencode.session import OpenCodeSession
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft


class OpenCodeReader:
    """The sessions of OpenCode, or of one of its forks."""

    def __init__(self, format_: str) -> None:
        self.format = format_

    def recognises(self, source: SourceFile) -> bool:
        """Whether the lines are the rows of such a session."""
        return told_by(source, self.format)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. Raises ``NothingToImport`` where nothing was said in it."""
        key = source.records[0].get("session")
        draft = EpisodeDraft(self.format, str(key), (), agent=self.format)
        steps = OpenCodeSession(draft, source.account).steps(pieces(source))
        first = next(steps, None)
        if first is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.steps = chain((first,), steps)
        yield draft
