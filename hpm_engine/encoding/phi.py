"""φ of every episode that lacks it."""

from __future__ import annotations

import numpy as np

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.encoding.episodes import EpisodeEncoding, NewVectors
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.reports import EncodeReport
from hpm_engine.values.vectors import VectorKind

_BATCH = 100  # episodes in a transaction
_LONGEST = 2_000  # first steps of an episode that are read


def encode_phi(
    database: Database, log: AuditLog, steps: StepRows, phi: PhiEncoder, job: Job
) -> EncodeReport:
    """Give an episode vector to every episode that has none by ``phi``.

    Only the first 2,000 steps of an episode are read. An episode that grew is read again from its
    start: the backward direction begins at its end. Raises ``Cancelled`` with the
    batches before it kept.
    """

    def encoded(episode_id: int) -> NewVectors:
        with database.reading():
            read = steps.steps(episode_id, 0, _LONGEST)
        return NewVectors(np.zeros(1, np.uint32), phi.episode(state_action_pairs(read))[None, :])

    encoding = EpisodeEncoding(database, log, VectorKind.EPISODE, phi.identity)
    return encoding.run(encoded, _BATCH, "preparing episodes", job)
