"""The export of episodes as ATIF trajectories, each with its audit row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from hpm_engine.ingest.atif.extra import EpisodeExtra, original
from hpm_engine.ingest.atif.writer import Heading, trajectory
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import draft_of
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import output_file
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Episode, EpisodeDetail, EpisodeLink
from hpm_engine.values.reports import Exported

_LOG = logging.getLogger(__name__)
_PAGE = 200  # steps


class EpisodeExporter:
    """An exporter of episodes as ATIF trajectories."""

    def __init__(self, db: Database, log: AuditLog, episodes: EpisodeRows, steps: StepRows) -> None:
        self._db = db
        self._log = log
        self._episodes = episodes
        self._steps = steps

    def export(self, episode_id: int, target: Path | BinaryIO, job: Job) -> Exported:
        """Write an episode to a file or a stream, with its audit row.

        Raises ``NotFound``, and ``CannotWrite`` with no file left behind.
        """
        with work(_LOG, "export of an episode") as counts:
            exported = self._exported(episode_id, target, job)
            counts.update(steps=exported.steps, bytes=exported.size)
        return exported

    def _exported(self, episode_id: int, target: Path | BinaryIO, job: Job) -> Exported:
        if not isinstance(target, Path):
            with self._db.writing():
                return self._write(episode_id, target.write, job)
        with output_file(target) as file, self._db.writing():
            exported = self._write(episode_id, file.stream.write, job)
            file.put()
        return exported

    def _write(self, episode_id: int, write: Callable[[bytes], object], job: Job) -> Exported:
        detail = self._episodes.detail(episode_id)
        digest, size = sha256(), 0
        for piece in trajectory(self._heading(detail), self._drafts(detail.episode, job)):
            write(piece)
            digest.update(piece)
            size += len(piece)
        steps = detail.episode.steps
        self._log.append(
            "export",
            f"episode:{episode_id}",
            before=detail.digest,
            after=digest.hexdigest(),
            detail={"format": "atif", "steps": steps, "size": size},
        )
        return Exported(episode_id, steps, size, digest.hexdigest())

    def _drafts(self, episode: Episode, job: Job) -> Iterator[StepDraft]:
        for start in range(0, episode.steps, _PAGE):
            job.step(start, episode.steps, "exporting", "steps")
            for step in self._steps.steps(episode.id, start, start + _PAGE):
                yield draft_of(step)

    def _heading(self, detail: EpisodeDetail) -> Heading:
        episode = detail.episode
        format_, key = original(episode.format, episode.key)
        about = EpisodeExtra(
            format=format_,
            key=key,
            parent=self._key_of(detail.parent),
            continues=self._key_of(detail.continues),
            project=episode.project,
            cwd=detail.cwd,
            branch=detail.branch,
            task=episode.task,
            title=episode.title,
            agent_title=episode.agent_title,
            outcome=episode.outcome,
            started_at=episode.started_at,
            ended_at=episode.ended_at,
            evicted_at=episode.evicted_at,
            kept=episode.kept,
            learned=episode.learned,
        )
        return Heading(
            about,
            episode.agent,
            episode.model,
            episode.tokens_in,
            episode.tokens_out,
            episode.cost_usd,
            episode.steps,
        )

    def _key_of(self, link: EpisodeLink | None) -> str:
        if link is None:
            return ""
        (linked,) = self._episodes.get([link.id])
        return original(linked.format, linked.key)[1]
