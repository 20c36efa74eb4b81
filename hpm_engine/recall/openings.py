"""The first actions of each episode by the stronger encoder: a background job, and its queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.installed import minilm_path
from hpm_engine.encoder.step_text import action_text
from hpm_engine.encoding.episodes import EpisodeEncoding, NewVectors
from hpm_engine.errors import BadModel
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.episodes import StepSource
from hpm_engine.values.reports import EncodeReport
from hpm_engine.values.vectors import VectorKind

if TYPE_CHECKING:
    from hpm_engine.encoder.minilm import MiniLMEncoder

ACTIONS = 8  # of an episode that are encoded
_LOOKED_AT = 64  # steps among which they are looked for
_BATCH = 16  # episodes in a transaction: about two seconds of work


class OpeningQueries:
    """Encodes cues for stores that have openings; loads the model when it is first of use."""

    def __init__(self, rows: VectorRows) -> None:
        self._rows = rows
        self._encoder: MiniLMEncoder | None = None

    def encode(self, cue: str) -> NDArray[np.float32] | None:
        """The cue as a vector; ``None`` without openings by a model that is installed."""
        current = self._rows.current(VectorKind.OPENING)
        path = minilm_path()
        if current is None or path is None:
            return None
        if self._encoder is None:
            from hpm_engine.encoder.minilm import MiniLMEncoder  # torch: a second

            self._encoder = MiniLMEncoder(path)
        if current.sha256 != self._encoder.identity.sha256:
            return None
        return self._encoder.encode_cue(cue)


def encode_openings(database: Database, log: AuditLog, steps: StepRows, job: Job) -> EncodeReport:
    """Encode the first actions of every episode that lacks them.

    Raises ``BadModel`` where the stronger encoder is not installed, ``Cancelled`` with the
    batches before it kept; run again, it goes on.
    """
    encoder = _installed()

    def encoded(episode_id: int) -> NewVectors:
        with database.reading():
            texts = _first_actions(steps, episode_id)
        positions = np.fromiter(texts, np.uint32, len(texts))
        return NewVectors(positions, encoder.encode(list(texts.values())))

    encoding = EpisodeEncoding(database, log, VectorKind.OPENING, encoder.identity)
    return encoding.run(encoded, _BATCH, "encoding first actions", job)


def _installed() -> MiniLMEncoder:
    path = minilm_path()
    if path is None:
        raise BadModel("MiniLM is not installed: `hpm encoder --install FILE` takes its weights.")
    from hpm_engine.encoder.minilm import MiniLMEncoder  # torch: a second

    return MiniLMEncoder(path)


def _first_actions(steps: StepRows, episode_id: int) -> dict[int, str]:
    texts: dict[int, str] = {}
    for step in steps.steps(episode_id, 0, _LOOKED_AT):
        if step.source is StepSource.AGENT and len(texts) < ACTIONS and (text := action_text(step)):
            texts[step.seq] = text
    return texts
