"""The interface of a kind of memory: it recognises a source, and reads its notes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.memory_notes import MemoryNoteDraft


class NoteReader(ABC):
    """One kind of memory. Readers hold no state between sources."""

    format: str

    @abstractmethod
    def recognises(self, source: SourceFile) -> bool:
        """Whether the source holds notes of this kind; must be cheap.

        A note is plain Markdown: unlike a session's format, a kind may be known by its folder.
        """

    @abstractmethod
    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The source's notes, in order. Raises ``CannotImport`` with name, place and remedy."""
