"""The steps of an episode read for its packet."""

from __future__ import annotations

from hpm_engine.handover.packet import packet
from hpm_engine.handover.session_state import state_of
from hpm_engine.job import Job
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.episodes import EpisodeDetail
from hpm_engine.values.handover import Packet


def packet_of(detail: EpisodeDetail, rows: StepRows, budget: int, job: Job) -> Packet:
    """The packet of an episode; ``budget`` in tokens."""
    episode = detail.episode
    steps = rows.each(episode.id, episode.steps, job, "reading")
    return packet(detail, state_of(steps, detail.cwd), budget)
