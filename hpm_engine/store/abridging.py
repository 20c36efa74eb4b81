"""Steps reduced to what was kept of them: the other texts leave the store and its search."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.leaving import find_elsewhere, forget_unused
from hpm_engine.store.rows.steps import INSERT_PART, MOST_STEPS, StepRows, part_rows, step_id
from hpm_engine.store.search.search_index import SearchIndex, searchable
from hpm_engine.store.texts import Texts
from hpm_engine.values.drafts import StepDraft


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
        gone = forget_unused(self._db, [text_id for (text_id,) in before])
        find_elsewhere(self._db, self._steps, self._index, prompts)
        self._index.flush()
        self._vectors.remove_from(episode_id, 0)
        return sha256(b"".join(step.digest for step in steps)).digest(), gone

    def rewrite(self, key: int, draft: StepDraft) -> tuple[EncodedStep, list[int]]:
        """Let the step with this id be ``draft``; the step, and the texts that it had before.

        Those are for ``forget_unused``, once all steps are rewritten.
        """
        before = self._db.rows("SELECT text_id FROM parts WHERE step_id = ?", (key,))
        prompts = self._index.remove(key, key)
        self._db.execute("DELETE FROM parts WHERE step_id = ?", (key,))
        step = encode_step(draft)
        self._write(key, [step], prompts)
        sql = "UPDATE steps SET text_size = ? WHERE id = ?"
        self._db.execute(sql, (step.text_size, key))
        find_elsewhere(self._db, self._steps, self._index, prompts)
        self._index.flush()
        return step, [text_id for (text_id,) in before]

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
            INSERT_PART,
            [row for seq, step in enumerate(steps) for row in part_rows(first + seq, step, ids)],
        )
        connection.executemany(
            "UPDATE steps SET flags = ?, digest = ? WHERE id = ?",
            [(int(step.draft.flags), step.digest, first + seq) for seq, step in enumerate(steps)],
        )
        shown = new | (prompts & texts.keys())
        prompts -= shown
        rows = (searchable(first + seq, step, shown) for seq, step in enumerate(steps))
        self._index.add([row for row in rows if row is not None])
