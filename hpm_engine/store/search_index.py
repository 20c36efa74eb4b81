"""The full-text index over steps: what a person would search, and nothing else."""

from __future__ import annotations

import re

from hpm_engine.drafts import StepDraft
from hpm_engine.records import PartKind, StepFlag, StepSource
from hpm_engine.store.database import Database

# Longer unbroken runs are base64, hex dumps or minified blobs: nobody searches them.
_RUN = 256
_BLOB = re.compile(rf"[A-Za-z0-9+/=_-]{{{_RUN},}}")
_COLUMN = {
    PartKind.MESSAGE: 0,
    PartKind.REASONING: 0,
    PartKind.CALL: 1,
    PartKind.RESULT: 2,
}
_PROMPT = StepFlag.INJECTED | StepFlag.DEMONSTRATION


class SearchIndex:
    """FTS5 rows, one per step: what was said, done and seen. Contentless: texts lie elsewhere."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.pending: list[tuple[int, str, str, str]] = []

    def begin(self) -> None:
        """Start a transaction."""
        self.pending.clear()

    def add(self, step_id: int, draft: StepDraft, fresh: list[bool]) -> None:
        """Index a step; ``fresh`` says for each part whether the store had its text already.

        A prompt that the harness repeats is indexed where it stood first; a copied step not.
        """
        if draft.flags & StepFlag.COPIED:
            return
        prompt = draft.source is StepSource.SYSTEM or bool(draft.flags & _PROMPT)
        columns: list[list[str]] = [[], [], []]
        for part, new in zip(draft.parts, fresh, strict=True):
            if part.text and (new or not prompt):
                column = columns[_COLUMN[part.kind]]
                if part.kind is PartKind.CALL:
                    column.append(part.name)
                column.append(without_blobs(part.text))
        if any(columns):
            self.pending.append((step_id, *("\n".join(column) for column in columns)))  # type: ignore[arg-type]

    def flush(self) -> None:
        """Write what was added."""
        if self.pending:
            self._db.connection.executemany(
                "INSERT INTO step_fts (rowid, said, did, saw) VALUES (?, ?, ?, ?)", self.pending
            )
            self.pending.clear()

    def remove(self, first: int, last: int) -> None:
        """Forget the steps with ids ``first`` to ``last``."""
        self._db.execute(
            "DELETE FROM step_fts WHERE rowid IN (SELECT id FROM steps WHERE id BETWEEN ? AND ?)",
            (first, last),
        )


def without_blobs(text: str) -> str:
    """The text without base64 and the like."""
    # Splitting lines is 20 times faster than the expression, and most texts have short lines.
    if len(text) < _RUN or max(map(len, text.split("\n"))) < _RUN:
        return text
    return _BLOB.sub(" ", text)
