"""The checkpoints of a store: saved, forked, pinned, found and forgotten."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from hpm_engine.config import THREAD_CHARACTERS
from hpm_engine.errors import HeadMoved, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.checkpoints.pieces import StatePieces
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.values.checkpoints import Checkpoint, CheckpointThread, Forgotten, Keep
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented, words_of

_DAY = 86_400_000_000  # microseconds
_LAST = "\U0010ffff" * THREAD_CHARACTERS.value  # no name is behind what begins so
_AMONG = "IN (SELECT value FROM json_each(?))"
_CHECKPOINT = Columns(
    Checkpoint,
    {field: field for field in Checkpoint.__struct_fields__}
    | {"digest": "lower(hex(sha256))", "pinned": ReadBy("pinned", bool)},
)
_THREAD = Columns(
    CheckpointThread,
    {
        "name": "thread",
        "checkpoints": "count(*)",
        "size": "sum(size)",
        "first_at": "min(at)",
        "last_at": "max(at)",
        "latest_id": "max(id)",
    },
)


class SavedFacts(NamedTuple):
    """What a checkpoint is saved with, beside its state."""

    thread: str
    kind: str
    label: str
    episode_id: int | None = None
    step: int | None = None
    text: str = ""


class CheckpointRows:
    """Checkpoints. Writing must happen inside the caller's transaction.

    The log has digests of states and their sizes, never a state, a label or a thread's name.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db, self._audit = database, audit
        self._pieces = StatePieces(database)

    # -- reading ----------------------------------------------------------------------------------

    def get(self, checkpoint_id: int) -> Checkpoint:
        """A checkpoint; raises ``NotFound``."""
        sql = f"SELECT {_CHECKPOINT.sql} FROM checkpoints WHERE id = ?"
        rows = self._db.rows(sql, (checkpoint_id,))
        if not rows:
            raise NotFound(
                f"{self._db.path}: there is no checkpoint {checkpoint_id}. It may be forgotten;"
                " hpm checkpoints lists those that there are."
            )
        return _CHECKPOINT.value(rows[0])

    def page(
        self, thread: str, offset: int, limit: int, label: str | None = None
    ) -> list[Checkpoint]:
        """Checkpoints of a thread, the newest first, all or those of one label."""
        labelled = "" if label is None else " AND label = ?"
        values = (thread, *(() if label is None else (label,)), limit, offset)
        sql = f"SELECT {_CHECKPOINT.sql} FROM checkpoints WHERE thread = ?{labelled}"
        return _CHECKPOINT.values(self._db.rows(f"{sql} ORDER BY id DESC LIMIT ? OFFSET ?", values))

    def latest(self, prefix: str) -> list[Checkpoint]:
        """The latest checkpoint of each thread whose name begins so, by name."""
        sql = (
            f"SELECT {_CHECKPOINT.sql} FROM checkpoints WHERE id IN (SELECT max(id)"
            " FROM checkpoints WHERE thread >= ? AND thread < ? GROUP BY thread) ORDER BY thread"
        )
        return _CHECKPOINT.values(self._db.rows(sql, (prefix, prefix + _LAST)))

    def of_episode(self, episode_id: int) -> list[Checkpoint]:
        """The checkpoints that were saved in an episode, the oldest first."""
        sql = f"SELECT {_CHECKPOINT.sql} FROM checkpoints WHERE episode_id = ? ORDER BY id"
        return _CHECKPOINT.values(self._db.rows(sql, (episode_id,)))

    def children(self, checkpoint_id: int) -> list[Checkpoint]:
        """The checkpoints that came from one, the oldest first."""
        sql = f"SELECT {_CHECKPOINT.sql} FROM checkpoints WHERE parent_id = ? ORDER BY id"
        return _CHECKPOINT.values(self._db.rows(sql, (checkpoint_id,)))

    def threads(self, prefix: str) -> list[CheckpointThread]:
        """The threads whose name begins so, the one that was saved to last first."""
        sql = (
            f"SELECT {_THREAD.sql} FROM checkpoints WHERE thread >= ? AND thread < ?"
            " GROUP BY thread ORDER BY max(id) DESC"
        )
        return _THREAD.values(self._db.rows(sql, (prefix, prefix + _LAST)))

    def find(self, words: str, limit: int) -> list[Checkpoint]:
        """The checkpoints whose text has all these words, the best first."""
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words_of(words))
        if not quoted:
            return []
        rows = self._db.rows(
            "SELECT rowid FROM checkpoint_words WHERE checkpoint_words MATCH ?"
            " ORDER BY rank, rowid DESC LIMIT ?",
            (quoted + "*", limit),
        )
        return [self.get(checkpoint_id) for (checkpoint_id,) in rows]

    def states(self, checkpoint_ids: Sequence[int]) -> dict[int, bytes]:
        """The states of checkpoints by their ids; what is not there is left out."""
        return dict(self._pieces.states(checkpoint_ids))

    def shared(self, first: int, second: int) -> int:
        """The bytes of the second one's state in pieces that the first one's has too."""
        return self._pieces.shared(first, second)

    # -- writing ----------------------------------------------------------------------------------

    def save(
        self, facts: SavedFacts, state: bytes, parent: int | None, expect: int | None
    ) -> Checkpoint:
        """Store a state at the head of its thread.

        Raises ``HeadMoved`` where ``expect`` is another than the latest checkpoint (0: none), and
        ``NotFound`` for a parent, an episode or a step that is not there.
        """
        head = self._head(facts.thread, expect)
        parent_id = parent if parent is None else self.get(parent).id
        if parent_id is None and head is not None:
            parent_id = head.id
        self._check_episode(facts)
        saved = self._insert(facts, sha256(state).digest(), len(state), parent_id, head)
        self._pieces.put(saved.id, state, parent_id)
        self._append("save checkpoint", saved, head)
        return saved

    def fork(self, checkpoint_id: int, thread: str, expect: int | None) -> Checkpoint:
        """Go on from a checkpoint in a thread: the same state, with the checkpoint as parent."""
        source = self.get(checkpoint_id)
        head = self._head(thread, expect)
        text = self._db.value("SELECT text FROM checkpoints WHERE id = ?", (source.id,))
        facts = SavedFacts(thread, source.kind, source.label, source.episode_id, source.step, text)
        digest = bytes.fromhex(source.digest)
        saved = self._insert(facts, digest, source.size, source.id, head)
        self._pieces.copy(source.id, saved.id)
        self._append("fork checkpoint", saved, head, {"of": source.id})
        return saved

    def set_pinned(self, checkpoint_id: int, pinned: bool) -> Checkpoint:
        """Pin a checkpoint, or no longer; raises ``NotFound``."""
        before = self.get(checkpoint_id)
        if before.pinned is not pinned:
            sql = "UPDATE checkpoints SET pinned = ? WHERE id = ?"
            self._db.execute(sql, (pinned, checkpoint_id))
            action = "pin checkpoint" if pinned else "unpin checkpoint"
            subject, digest = f"checkpoint:{before.id}", before.digest
            self._audit.append(action, subject, before=digest, after=digest, content={})
        return self.get(checkpoint_id)

    def forget(self, checkpoint_ids: Sequence[int]) -> Forgotten:
        """Delete checkpoints, and the pieces that no other state has, for good."""
        ids = (json.dumps(sorted(set(checkpoint_ids))),)
        sql = f"SELECT id, lower(hex(sha256)), size FROM checkpoints WHERE id {_AMONG} ORDER BY id"
        rows = self._db.rows(sql, ids)
        if not rows:
            return Forgotten(0, 0)
        freed = self._pieces.drop([key for key, _, _ in rows])
        self._db.execute(f"DELETE FROM checkpoint_words WHERE rowid {_AMONG}", ids)
        self._db.execute(f"DELETE FROM checkpoints WHERE id {_AMONG}", ids)
        digests = [digest for _, digest, _ in rows]
        only = len(rows) == 1
        self._audit.append(
            "forget checkpoints",
            f"checkpoint:{rows[0][0]}" if only else "checkpoints",
            before=digests[0] if only else sha256("".join(digests).encode()).hexdigest(),
            detail={
                "ids": [key for key, _, _ in rows],
                "checkpoints": len(rows),
                "size": sum(size for _, _, size in rows),
            },
            content={},
        )
        return Forgotten(len(rows), freed)

    def outside(self, keep: Keep, thread: str | None) -> list[int]:
        """The ids of the checkpoints, of one thread or of all, that no rule keeps."""
        sql = (
            "SELECT id FROM (SELECT id, at, pinned, row_number()"
            " OVER (PARTITION BY thread ORDER BY id DESC) AS rank FROM checkpoints"
            " WHERE ?1 IS NULL OR thread = ?1)"
            " WHERE (?2 IS NULL OR rank > ?2) AND (?3 IS NULL OR at < ?3) AND NOT (?4 AND pinned)"
        )
        since = None
        if keep.days is not None:
            since = time.time_ns() // 1000 - round(keep.days * _DAY)
        rows = self._db.rows(sql, (thread, keep.last, since, keep.pinned))
        return [checkpoint_id for (checkpoint_id,) in rows]

    def _head(self, thread: str, expect: int | None) -> Checkpoint | None:
        page = self.page(thread, 0, 1)
        head = page[0] if page else None
        latest = head.id if head else 0
        if expect is not None and expect != latest:
            now = f"its latest checkpoint is {latest}" if latest else "it has no checkpoint"
            raise HeadMoved(
                f"Thread “{thread}”: {now}, not {expect or 'none'}: another program saved or forgot"
                " meanwhile. Read its latest state and save again; nothing was changed."
            )
        return head

    def _check_episode(self, facts: SavedFacts) -> None:
        if facts.episode_id is None:
            return
        sql = "SELECT steps FROM episodes WHERE id = ?"
        steps = self._db.value(sql, (facts.episode_id,))
        if steps is None:
            raise NotFound(f"{self._db.path}: no episode {facts.episode_id}.")
        if facts.step is not None and not 0 <= facts.step < steps:
            raise NotFound(
                f"Episode {facts.episode_id} has no step {facts.step + 1:,}: it has {steps:,}."
            )

    def _insert(
        self,
        facts: SavedFacts,
        digest: bytes,
        size: int,
        parent_id: int | None,
        head: Checkpoint | None,
    ) -> Checkpoint:
        values: dict[str, Any] = facts._asdict() | {
            "number": head.number + 1 if head else 1,
            "parent_id": parent_id,
            "at": time.time_ns() // 1000,
            "actor": self._audit.actor,
            "size": size,
            "sha256": digest,
        }
        self._db.execute(insertion("checkpoints", values), tuple(values.values()))
        checkpoint_id: int = self._db.value("SELECT last_insert_rowid()")
        if facts.text:
            words = segmented(plain_words(facts.text))
            sql = "INSERT INTO checkpoint_words (rowid, words) VALUES (?, ?)"
            self._db.execute(sql, (checkpoint_id, words))
        return self.get(checkpoint_id)

    def _append(
        self,
        action: str,
        saved: Checkpoint,
        head: Checkpoint | None,
        more: dict[str, int] | None = None,
    ) -> None:
        detail: dict[str, int] = {"number": saved.number, "size": saved.size} | (more or {})
        if saved.episode_id is not None:
            detail["episode"] = saved.episode_id
        before = head.digest if head else ""
        subject = f"checkpoint:{saved.id}"
        self._audit.append(
            action, subject, before=before, after=saved.digest, detail=detail, content={}
        )
