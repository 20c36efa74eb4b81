"""The interface of a trace format: it recognises a source, and reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft


class FormatReader(Protocol):
    """One trace format. Readers hold no state between sources."""

    format: str

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source's content (never its name) is of this format; must be cheap."""
        ...

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The source's episodes, in order; each one's steps are consumed before the next.

        Raises ``CannotImport`` with the source's name and the location. A cut last line of a file
        that is still being written is no error: it waits for the next import.
        """
        ...
