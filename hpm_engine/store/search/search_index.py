"""The full-text index over steps: what a person would search, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext

import msgspec

from hpm_engine.store.encoded_step import SOURCE_CODE, EncodedStep
from hpm_engine.store.file.database import Beside, Database
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented

# Longer unbroken runs are base64, hex dumps or minified blobs: nobody searches them.
_RUN = 256
_BLOB = re.compile(rf"[A-Za-z0-9+/=_-]{{{_RUN},}}")
_HELD = 32 * 1024 * 1024  # characters of rows that wait in memory at most
_BLOB_SIZE = 8 * 1024 * 1024
# One statement for all rows, their texts in one blob (?1) by place and size (?2, JSON): it stays
# outside Python's lock to its end, where one statement for each row would come back for each.
_INSERT = (
    "INSERT INTO step_fts (rowid, said, did, saw, apart) SELECT value ->> 0"
    + "".join(
        f", CAST(substr(?1, value ->> {index}, value ->> {index + 1}) AS TEXT)"
        for index in (1, 3, 5, 7)
    )
    + " FROM json_each(?2)"
)
TABLES = ("step_fts", "step_fts_earlier")  # the second has what waits for ``reindexing``
SearchRow = tuple[int, str, str, str]
# As plain numbers: an enum's operators cost a microsecond, and this runs for every step.
_COPIED = int(StepFlag.COPIED)
_PROMPT = int(StepFlag.INJECTED | StepFlag.DEMONSTRATION)
_REPEATED = _PROMPT | _COPIED


class SearchIndex:
    """FTS5 rows, one per step: what was said, done and seen. Contentless: texts lie elsewhere.

    A fourth column has the parts of names: see ``hpm_engine.words.parts``.

    Rows wait for the end of the transaction: any statement that SQLite guards by a savepoint of
    its own (an UPDATE of a foreign key is one) makes FTS5 write a segment, to be merged later.
    """

    def __init__(self, database: Database, beside: Beside = nullcontext) -> None:
        self._db = database
        self._beside = beside
        self._held: list[SearchRow] = []
        self._size = 0

    def begin(self) -> None:
        """Start a transaction: what an undone one had pending is forgotten."""
        self._held.clear()
        self._size = 0

    def add(self, rows: list[SearchRow]) -> None:
        """Index steps, sooner or later: ``flush`` makes sure."""
        self._held += rows
        self._size += sum(len(said) + len(did) + len(saw) for _, said, did, saw in rows)
        if self._size >= _HELD:
            self.flush()

    def name(self, key: int, title: str, *, anew: bool) -> None:
        """Index an episode's title as if a step said it; ``anew``: in place of an earlier one."""
        if anew:
            self._db.execute("DELETE FROM step_fts WHERE rowid = ?", (key,))
        self.add([(key, segmented(title), "", "")])

    def flush(self) -> None:
        """Write what was added."""
        rows = iter(self._held)
        while blob_and_places := _blob(rows):
            with self._beside():
                self._db.execute(_INSERT, blob_and_places)
        self.begin()

    def remove(self, first: int, last: int) -> set[bytes]:
        """Forget the steps with ids ``first`` to ``last``.

        Gives the digests of what others may repeat that stood there: the next step that holds one
        is where it is to be found from now on.
        """
        repeated = self._prompts(first, last, _REPEATED)
        for table in TABLES:
            self._db.execute(
                f"DELETE FROM {table} WHERE rowid IN"
                " (SELECT id FROM steps WHERE id BETWEEN ? AND ?)",
                (first, last),
            )
        return repeated

    def remove_copied(self, first: int, last: int) -> set[bytes]:
        """Forget those of the steps with ids ``first`` to ``last`` that repeat another episode.

        Gives the digests of the prompts that stood there: the other one is not found by them yet.
        """
        prompts = self._prompts(first, last, _PROMPT, _COPIED)
        for table in TABLES:
            self._db.execute(
                f"DELETE FROM {table} WHERE rowid IN"
                " (SELECT id FROM steps WHERE id BETWEEN ? AND ? AND flags & ?)",
                (first, last, _COPIED),
            )
        return prompts

    def _prompts(self, first: int, last: int, flags: int, among: int = -1) -> set[bytes]:
        """The digests of what is indexed in steps of the system's, or with one of the flags."""
        rows = self._db.rows(
            "SELECT t.sha256 FROM steps s JOIN"
            " (SELECT id FROM step_fts_docsize UNION ALL SELECT id FROM step_fts_earlier_docsize) f"
            " ON f.id = s.id JOIN parts p ON p.step_id = s.id JOIN texts t ON t.id = p.text_id"
            " WHERE s.id BETWEEN ? AND ? AND (s.source = ? OR s.flags & ?)"
            " AND (? < 0 OR s.flags & ?)",
            (first, last, SOURCE_CODE[StepSource.SYSTEM], flags, among, among),
        )
        return {digest for (digest,) in rows}


def _blob(rows: Iterator[SearchRow]) -> tuple[bytearray, str] | None:
    """The next rows' texts in one blob, and as JSON each row's id with the places of its texts."""
    from hpm_engine.store.search.name_index import (
        names_apart,  # numpy: only who writes waits for it
    )

    blob, places, ends = bytearray(), [], []
    for key, *columns in rows:
        offsets = [key]
        for column in columns:
            text = column.encode()
            offsets += (len(blob) + 1, len(text))
            blob += text
            blob += b"\n"  # words of two columns are not one
        places.append(offsets)
        ends.append(len(blob))
        if len(blob) >= _BLOB_SIZE:
            break
    if not places:
        return None
    for offsets, apart in zip(places, names_apart(bytes(blob), ends), strict=True):
        text = apart.encode()
        offsets += (len(blob) + 1, len(text))
        blob += text
    return blob, msgspec.json.encode(places).decode()


def searchable(key: int, step: EncodedStep, new: set[bytes]) -> SearchRow | None:
    """What to index of a step; ``new`` are the digests of texts that the store had not before.

    A prompt that the harness repeats is indexed where it stood first, and taken from ``new``
    there; what is copied of another episode too, until the store has that one (``CopiedWords``).
    """
    draft = step.draft
    repeated = draft.source is StepSource.SYSTEM or int(draft.flags) & _REPEATED
    parts: list[Part] = []
    for part, digest in zip(draft.parts, step.digests, strict=True):
        if part.text and not (repeated and digest not in new):
            new.discard(digest)
            parts.append(part)
    return row_of(key, parts)


def row_of(key: int, parts: Iterable[Part]) -> SearchRow | None:
    """The row of a step with these parts, prepared for the index; ``None`` without any text."""
    said: list[str] = []
    did: list[str] = []
    saw: list[str] = []
    for part in parts:
        if not part.text:
            continue
        text = segmented(without_blobs(plain_words(part.text)))
        if part.kind is PartKind.RESULT:
            saw.append(text)
        elif part.kind is PartKind.CALL:
            did += (segmented(part.name), text)
        else:
            said += (segmented(part.name), text) if part.name else (text,)
    if not (said or did or saw):
        return None
    return key, "\n".join(said), "\n".join(did), "\n".join(saw)


def without_blobs(text: str) -> str:
    """The text without base64 and the like."""
    # Splitting lines is 20 times faster than the expression, and most texts have short lines.
    if len(text) < _RUN or max(map(len, text.split("\n"))) < _RUN:
        return text
    return _BLOB.sub(" ", text)
