"""The steps of an episode read for its packet."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.handover.packet import packet
from hpm_engine.handover.session_state import state_of
from hpm_engine.job import Job
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.episodes import EpisodeDetail, Step
from hpm_engine.values.handover import Packet

_PAGE = 200  # steps


def packet_of(detail: EpisodeDetail, rows: StepRows, budget: int, job: Job) -> Packet:
    """The packet of an episode; ``budget`` in tokens."""
    return packet(detail, state_of(_steps(detail, rows, job), detail.cwd), budget)


def _steps(detail: EpisodeDetail, rows: StepRows, job: Job) -> Iterator[Step]:
    count = detail.episode.steps
    for start in range(0, count, _PAGE):
        job.step(start, count, "reading", "steps")
        yield from rows.steps(detail.episode.id, start, start + _PAGE)
