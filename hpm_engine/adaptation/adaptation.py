"""Adapting one open store: tuning its models, taking better weights into use, going back."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from hpm_engine.consolidator.turn import turn
from hpm_engine.errors import ReadOnlyStore
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.tuned_weights import TunedWeights, TuningRecord
from hpm_engine.system.log.work import work
from hpm_engine.values.adaptation import Adapted, InUse, Model, Verdict, WeightsBack

_LOG = logging.getLogger(__name__)
if TYPE_CHECKING:
    from hpm_engine.adaptation.tuned import Tuned


class Adaptation:
    """What ``Memory.adaptation`` is. Every method may raise ``HPMError``."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db = database
        self._weights = TunedWeights(database)
        self._record = TuningRecord(database, log)

    def in_use(self) -> tuple[InUse, ...]:
        """The weights of each model that the store uses."""
        with self._db.reading():
            return tuple(self._weights.in_use(model, _shipped(model)) for model in Model)

    def run(self, model: Model, job: Job | None = None) -> Adapted:
        """Fine-tune a model on the store, and use the weights if they are better.

        Learning begins at the weights in use, in a process of its own, which reads at most a
        thousand episodes in less than a gigabyte. Part of them is held out: the weights are taken
        only where the interval of what they gain there lies above zero. Vectors by other weights
        of the encoder are made anew by the next ``Memory.encode``; what was compressed keeps the
        name of the scorer that did it. Cancelled or killed, it leaves nothing, and begins anew.

        Raises ``Cancelled``, ``ReadOnlyStore``, ``StoreBusy`` while another program adapts the
        store, ``NotFound`` where its steps have no vectors, and ``WorkerDied``.
        """
        from hpm_engine.adaptation.apart import tuned_apart  # numpy: 0.1 s

        if self._db.read_only:
            raise ReadOnlyStore(f"{self._db.path}: opened for reading only; nothing was changed.")
        started = time.monotonic()
        folder = index_folder(self._db)
        lock = folder.parent.parent / "turns" / f"{folder.name}-adapting"
        with turn(lock, self._db.path, "adapting"), work(_LOG, "fine-tuning") as counts:
            tuned = tuned_apart(model, self._db.file, job or Job())
            adapted = self._conclude(model, tuned, started)
            counts["accepted"] = int(adapted.accepted)
        return adapted

    def restore(self, model: Model) -> WeightsBack:
        """Go back to the weights before those in use. Raises ``NotFound`` if there are none."""
        with self._db.writing():
            self._record.restore(model, _shipped(model))
        _LOG.info("earlier weights are taken back: %s", model)
        return WeightsBack(next(weights for weights in self.in_use() if weights.model is model))

    def _conclude(self, model: Model, tuned: Tuned, started: float) -> Adapted:
        reason, after = tuned.reason, tuned.started_from
        accepted = tuned.verdict is not None and tuned.verdict.better
        if tuned.verdict is not None:
            with self._db.writing():
                if accepted:
                    after = self._record.take_into_use(
                        model, tuned.started_from, tuned.data, tuned.verdict, _shipped(model)
                    )
                else:
                    self._record.keep(model, after, tuned.verdict)
                    reason = _not_better(tuned.verdict)
        seconds = time.monotonic() - started
        return Adapted(model, accepted, reason, tuned.verdict, tuned.started_from, after, seconds)


def _shipped(model: Model) -> str:
    """The SHA-256 of the weights that came with the program."""
    from hpm_engine.encoder.shipped import DIGESTS, MASK, PHI

    return DIGESTS[PHI if model is Model.ENCODER else MASK]


def _not_better(verdict: Verdict) -> str:
    if verdict.after <= verdict.before:
        return "Not better on episodes held out: the weights in use were kept."
    return (
        "Better on episodes held out, but by no more than chance can give: the weights in use were "
        "kept."
    )
