"""Secrets masked while files are read: before anything is written, indexed, hashed or encoded."""

from __future__ import annotations

import time
from collections import Counter
from typing import BinaryIO, cast

from hpm_engine.ingest.sources.pieces import PieceStream
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.secrets.masking import Masker, pieces
from hpm_engine.secrets.policy import SecretPolicy
from hpm_engine.store.file.database import Database
from hpm_engine.store.secrets.rows import SecretRows

_BINARY = b"\0"


class SourceMasking:
    """What an import does with secrets, by the store's policy."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = SecretRows(database)
        self._masker: Masker | None = None
        self._policy = SecretPolicy.KEEP
        self.otherwise = 0  # known files that another policy was for
        self._compared: set[int] = set()

    def begin(self) -> None:
        """Ask for the policy."""
        self.otherwise = 0
        self._compared.clear()
        with self._db.reading():
            self._policy = self._rows.policy()
            masks = self._policy is not SecretPolicy.KEEP
            self._masker = self._rows.masker() if masks else None

    def masked(self, source: SourceFile) -> SourceFile:
        """The source with masked bytes; itself where it holds no secret, or all are kept."""
        masker = self._masker
        if masker is None or source.as_read is not None:
            return source
        spans = tuple(masker.of_blocks(source.blocks()))
        source.clean = lambda data: data if _BINARY in data[:8192] else masker.mask(data)[0]
        if not spans:
            return source
        size = source.size + sum(len(s.replacement) - (s.end - s.start) for s in spans)
        masked = source.with_bytes(
            lambda: cast("BinaryIO", PieceStream(pieces(source.blocks(), spans))),
            size,
            source.clean,
        )
        masked.masks = Counter((span.rule, span.tag) for span in spans)
        return masked

    def count(self, source: SourceFile) -> int | None:
        """How many secrets were masked in a source; None where nobody looked for any."""
        return None if self._masker is None else source.masks.total()

    def note(self, source: SourceFile) -> None:
        """Keep what was masked in a source, inside the caller's transaction."""
        if source.masks:
            waits = self._policy is SecretPolicy.ASK
            self._rows.note_masked(source.masks, time.time_ns() // 1000, waits=waits)

    def compare(self, source_id: int) -> None:
        """Count a known source if its secrets were treated otherwise than they would be now."""
        if source_id not in self._compared:
            self._compared.add(source_id)
            self.otherwise += self._rows.is_otherwise(source_id, masks=self._masker is not None)
