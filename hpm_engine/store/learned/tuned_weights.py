"""Weights that were fine-tuned on this store: those in use, and the ones before them."""

from __future__ import annotations

import time
from functools import partial
from hashlib import sha256

import msgspec

from hpm_engine.config import KEPT_WEIGHTS
from hpm_engine.errors import CannotWrite, DamagedStore, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy
from hpm_engine.values.adaptation import InUse, Model, Verdict

_IN_USE = Columns(
    InUse,
    {
        "model": ReadBy("model", Model),
        "sha256": "sha256",
        "made_at": "made_at",
        "verdict": ReadBy("verdict", partial(msgspec.json.decode, type=Verdict)),
        "earlier": GIVEN,
    },
)


class TunedWeights:
    """The fine-tuned weights of a store. Where a model has none in use, the shipped ones are."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def in_use(self, model: Model, shipped: str) -> InUse:
        """What a model uses; ``shipped`` is the SHA-256 of the weights that came along."""
        rows = self._db.rows(
            f"SELECT id, {_IN_USE.sql} FROM tuned_weights WHERE model = ? AND current",
            (model.value,),
        )
        if not rows:
            return InUse(model, shipped)
        key, *row = rows[0]
        with self._db.decoding("fine-tuned weights"):
            return _IN_USE.value(row, earlier=self._earlier(key))

    def digest(self, model: Model) -> str:
        """The SHA-256 of a model's weights in use, "" for the shipped ones; reads nothing large."""
        sql = "SELECT sha256 FROM tuned_weights WHERE model = ? AND current"
        return self._db.value(sql, (model.value,)) or ""

    def data(self, model: Model) -> bytes | None:
        """The bytes of a model's weights in use, ``None`` for the shipped ones.

        Raises ``DamagedStore`` where they are not those that were stored.
        """
        sql = "SELECT sha256, data FROM tuned_weights WHERE model = ? AND current"
        for digest, data in self._db.rows(sql, (model.value,)):
            if sha256(data).hexdigest() != digest:
                raise DamagedStore(
                    f"{self._db.path}: the fine-tuned weights of the {model.value} are not those "
                    f"that were stored. Take back the ones before: hpm adapt --{model.value} "
                    "--restore."
                )
            return bytes(data)
        return None

    def _earlier(self, key: int) -> int:
        """How many weights stand before a row's, the shipped ones counted."""
        count: int = self._db.value(
            "WITH RECURSIVE before (id) AS (SELECT before_id FROM tuned_weights WHERE id = ?"
            " UNION ALL SELECT t.before_id FROM tuned_weights t JOIN before b ON t.id = b.id)"
            " SELECT count(*) FROM before",
            (key,),
        )
        return count


class TuningRecord:
    """Changes which weights are in use, inside the caller's transaction, with its audit row."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db = database
        self._log = log

    def take_into_use(
        self, model: Model, started_from: str, data: bytes, verdict: Verdict, shipped: str
    ) -> str:
        """Use new weights and keep those before them; the SHA-256 of the new ones.

        ``started_from`` is the SHA-256 that they were tuned from. Raises ``CannotWrite`` where
        others are in use by now: what was measured would not hold for them.
        """
        self._check(model, started_from, shipped)
        digest = sha256(data).hexdigest()
        before = self._db.value(
            "SELECT id FROM tuned_weights WHERE model = ? AND current", (model.value,)
        )
        self._db.execute("UPDATE tuned_weights SET current = 0 WHERE model = ?", (model.value,))
        self._db.execute(
            "INSERT INTO tuned_weights (model, before_id, sha256, made_at, verdict, current, data)"
            " VALUES (?, ?, ?, ?, ?, 1, ?)",
            (
                model.value,
                before,
                digest,
                time.time_ns() // 1000,
                msgspec.json.encode(verdict).decode(),
                data,
            ),
        )
        self._db.execute(
            "DELETE FROM tuned_weights WHERE model = ? AND id NOT IN"
            " (SELECT id FROM tuned_weights WHERE model = ? ORDER BY id DESC LIMIT ?)",
            (model.value, model.value, KEPT_WEIGHTS.value),
        )
        self._tell("use weights", model, started_from, digest, verdict)
        return digest

    def keep(self, model: Model, digest: str, verdict: Verdict) -> None:
        """Record that tuning found nothing better than the weights in use."""
        self._tell("keep weights", model, digest, digest, verdict)

    def restore(self, model: Model, shipped: str) -> None:
        """Use the weights before those in use, which go. Raises ``NotFound`` if none are tuned."""
        rows = self._db.rows(
            "SELECT id, before_id, sha256 FROM tuned_weights WHERE model = ? AND current",
            (model.value,),
        )
        if not rows:
            raise NotFound(
                f"{self._db.path}: the {model.value} uses the weights that came with the program; "
                "there are none to go back to."
            )
        key, before, digest = rows[0]
        self._db.execute("DELETE FROM tuned_weights WHERE id = ?", (key,))
        self._db.execute("UPDATE tuned_weights SET current = 1 WHERE id = ?", (before,))
        now = TunedWeights(self._db).digest(model) or shipped
        self._log.append("restore weights", f"weights:{model.value}", before=digest, after=now)

    def _check(self, model: Model, started_from: str, shipped: str) -> None:
        now = TunedWeights(self._db).digest(model) or shipped
        if now != started_from:
            raise CannotWrite(
                f"{self._db.path}: the {model.value} has got other weights meanwhile, so those "
                "tuned here were measured against the wrong ones. Nothing was changed; tune again."
            )

    def _tell(self, action: str, model: Model, before: str, after: str, verdict: Verdict) -> None:
        figures = msgspec.to_builtins(verdict)
        detail = {name: f"{v:.4f}" if type(v) is float else v for name, v in figures.items()}
        self._log.append(
            action, f"weights:{model.value}", before=before, after=after, detail=detail
        )
