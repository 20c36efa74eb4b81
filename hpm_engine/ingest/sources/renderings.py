"""Formats that are written in several ways: the reader asks each in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft


class Rendering(Protocol):
    """One way in which a format's sessions are written; as ``FormatReader``, without a name."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is written in this way."""
        ...

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The source's episodes."""
        ...


class ReaderOf:
    """The reader of a format with several renderings: the first that recognises reads."""

    def __init__(self, format_: str, *renderings: Rendering) -> None:
        self.format = format_
        self._renderings = renderings

    def recognises(self, source: SourceFile) -> bool:
        """Whether one of the renderings does."""
        return any(rendering.recognises(source) for rendering in self._renderings)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The source's episodes, as the first rendering that recognises it reads them."""
        for rendering in self._renderings:
            if rendering.recognises(source):
                yield from rendering.read(source)
                return
        raise source.account.nothing(source.name, f"no session of {self.format}.")
