"""Steps reduced to what was kept of them: the other texts leave the store and its search."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from hpm_engine.drafts import StepDraft
from hpm_engine.records import Step
from hpm_engine.store.database import Database
from hpm_engine.store.encoded_step import KIND_CODE, EncodedStep, encode_step
from hpm_engine.store.search_index import SearchIndex, searchable
from hpm_engine.store.step_rows import MOST_STEPS, StepRows, place_of, step_id
from hpm_engine.store.texts import Texts
from hpm_engine.store.vectors import VectorRows


class Abridger:
    """Replaces the texts of episodes' steps. Everything happens in the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps
        self._texts, self._index = Texts(database), SearchIndex(database)
        self._vectors = VectorRows(database)

    def begin(self) -> None:
        """Start a transaction: what an undone one had pending is forgotten."""
        self._texts.begin()
        self._index.begin()
        # Made once, by the first eviction: without it each text would cost a look at all parts.
        self._db.execute("CREATE INDEX IF NOT EXISTS parts_text ON parts (text_id)")

    def abridge(self, episode_id: int, drafts: Sequence[StepDraft]) -> tuple[bytes, int]:
        """Let an episode's steps be ``drafts``, one for each, in order.

        Texts that no other step has are deleted, vectors of the whole texts too. Gives the digest
        of what is there now, and the bytes of the texts that went.
        """
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        bounds = first, last
        before = self._db.rows(
            "SELECT DISTINCT text_id FROM parts WHERE step_id BETWEEN ? AND ?", bounds
        )
        prompts = self._index.remove(first, last)
        self._db.execute("DELETE FROM parts WHERE step_id BETWEEN ? AND ?", bounds)
        steps = [encode_step(draft) for draft in drafts]
        self._write(first, steps, prompts)
        gone = self._forget([text_id for (text_id,) in before])
        self._find_elsewhere(prompts)
        self._index.flush()
        self._vectors.remove_from(episode_id, 0)
        return sha256(b"".join(step.digest for step in steps)).digest(), gone

    def _write(self, first: int, steps: Sequence[EncodedStep], prompts: set[bytes]) -> None:
        texts = {
            digest: text
            for step in steps
            for digest, text in zip(step.digests, step.texts, strict=True)
        }
        ids, new = self._texts.put(texts)
        self._texts.flush()
        connection = self._db.connection
        connection.executemany(
            "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    first + seq,
                    place,
                    KIND_CODE[part.kind],
                    part.name,
                    part.call_id,
                    1 if part.is_error else 0,
                    ids[digest],
                )
                for seq, step in enumerate(steps)
                for place, (part, digest) in enumerate(
                    zip(step.draft.parts, step.digests, strict=True)
                )
            ],
        )
        connection.executemany(
            "UPDATE steps SET flags = ?, digest = ? WHERE id = ?",
            [(int(one.draft.flags), one.digest, first + seq) for seq, one in enumerate(steps)],
        )
        shown = new | (prompts & texts.keys())
        prompts -= shown
        rows = (searchable(first + seq, step, shown) for seq, step in enumerate(steps))
        self._index.add([row for row in rows if row is not None])

    def _forget(self, text_ids: Sequence[int]) -> int:
        """Delete those of the texts that no step has any more; their bytes."""
        gone: list[tuple[int, int, int]] = []
        for text_id in text_ids:
            if self._db.value("SELECT 1 FROM parts WHERE text_id = ? LIMIT 1", (text_id,)) is None:
                sql = "SELECT size, length(data) FROM texts WHERE id = ?"
                gone += [(text_id, *row) for row in self._db.rows(sql, (text_id,))]
        connection = self._db.connection
        connection.executemany("DELETE FROM texts WHERE id = ?", [(key,) for key, _, _ in gone])
        size, stored = sum(size for _, size, _ in gone), sum(stored for _, _, stored in gone)
        connection.executemany(
            "UPDATE totals SET value = value - ? WHERE name = ?",
            [(size, "text_size"), (stored, "text_stored")],
        )
        return size

    def _find_elsewhere(self, prompts: set[bytes]) -> None:
        """A prompt that others repeat was found where it first stood: now where it stands next."""
        for digest in sorted(prompts):
            key = self._db.value(
                "SELECT min(p.step_id) FROM texts t JOIN parts p ON p.text_id = t.id"
                " WHERE t.sha256 = ?",
                (digest,),
            )
            if key is None:
                continue
            shown = self._index.remove(key, key) | {digest}
            for step in self._steps.chosen([place_of(key)]):
                row = searchable(key, encode_step(draft_of(step)), shown)
                self._index.add([] if row is None else [row])
            self._index.flush()


def draft_of(step: Step) -> StepDraft:
    """A stored step as what it could be written from."""
    return StepDraft(
        step.source, step.parts, step.at, step.flags, step.model, step.tokens_in, step.tokens_out
    )
