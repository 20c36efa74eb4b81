"""φ of every episode that lacks it: a part of encoding a store."""

from __future__ import annotations

import numpy as np

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.encoding.episodes import EpisodeEncoding, Made
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.reports import EncodeReport
from hpm_engine.values.vectors import VectorKind

_BATCH = 100  # episodes in a transaction
_LONGEST = 2_000  # steps of an episode that are read


def encode_phi(
    database: Database, log: AuditLog, steps: StepRows, phi: PhiEncoder, job: Job
) -> EncodeReport:
    """Give an episode vector to every episode that has none by ``phi``.

    Of an episode of more than 2,000 steps the first are read. An episode that grew is read again
    from its start: the backward direction sees it from its end. Raises ``Cancelled`` with the
    batches before it kept.
    """

    def encoded(episode_id: int) -> Made:
        with database.reading():
            found = steps.steps(episode_id, 0, _LONGEST)
        return Made(np.zeros(1, np.uint32), phi.episode(state_action_pairs(found))[None, :])

    encoding = EpisodeEncoding(database, log, VectorKind.EPISODE, phi.identity)
    return encoding.run(encoded, _BATCH, "encoding episodes", job)
