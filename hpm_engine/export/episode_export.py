"""The export of episodes in each of their forms, each with its audit row."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from hpm_engine.errors import LimitExceeded, NotFound
from hpm_engine.export.document import EpisodeDocument, kept_of
from hpm_engine.export.hashed_stream import HashedStream
from hpm_engine.export.html_document import html
from hpm_engine.export.markdown_document import markdown
from hpm_engine.export.volume import Volume, volume
from hpm_engine.ingest.atif.extra import EpisodeExtra, original
from hpm_engine.ingest.atif.writer import Heading, trajectory
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import draft_of
from hpm_engine.store.notes import NoteRows
from hpm_engine.store.originals import OriginalBytes
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.store.sources import Sources
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import output_file
from hpm_engine.values.episodes import Episode, EpisodeDetail, EpisodeLink
from hpm_engine.values.exports import (
    NOTHING_LEFT_OUT,
    ExportedFile,
    ExportFormat,
    ExportOutlook,
    ExportPart,
)
from hpm_engine.values.notes import Note
from hpm_engine.values.reports import Exported

_LOG = logging.getLogger(__name__)
_NAME = 60  # characters of a file's name
_PLAIN = re.compile(r"[A-Za-z0-9]+")


class EpisodeExporter:
    """An exporter of episodes in each of their forms, with an audit row for each."""

    def __init__(
        self,
        db: Database,
        log: AuditLog,
        episodes: EpisodeRows,
        steps: StepRows,
        sources: Sources,
    ) -> None:
        self._db = db
        self._log = log
        self._episodes = episodes
        self._steps = steps
        self._notes = NoteRows(db, log)
        self._border = SecretBorder(db)
        self._originals = OriginalBytes(db, sources, episodes, steps)

    def export(
        self,
        episode_id: int,
        target: Path | BinaryIO,
        job: Job,
        format_: ExportFormat = ExportFormat.ATIF,
        *,
        without: frozenset[ExportPart] = NOTHING_LEFT_OUT,
    ) -> Exported:
        """Write an episode to a file or a stream, with its audit row.

        Raises ``NotFound``, and ``CannotWrite`` with no file left behind.
        """
        with work(_LOG, "export of an episode") as counts:
            if isinstance(target, Path):
                with output_file(target) as file:
                    with self._db.reading():  # others may write meanwhile
                        exported = self._write(episode_id, file.stream.write, job, format_, without)
                    with self._db.writing():
                        self._log_export(exported, format_)
                        file.put()
            else:
                with self._db.writing():
                    exported = self._write(episode_id, target.write, job, format_, without)
                    self._log_export(exported, format_)
            counts.update(steps=exported.steps, bytes=exported.size)
        return exported

    def rendered(
        self, episode_id: int, job: Job, format_: ExportFormat, *, without: frozenset[ExportPart]
    ) -> bytes:
        """What would be written of an episode. Raises ``NotFound``."""
        pieces: list[bytes] = []
        self._write(episode_id, pieces.append, job, format_, without)
        return b"".join(pieces)

    def export_many(
        self,
        ids: Sequence[int],
        target: Path,
        job: Job,
        format_: ExportFormat,
        *,
        without: frozenset[ExportPart],
    ) -> ExportedFile:
        """Write episodes to one file, but for what has no bytes left.

        A form for people becomes one document, unless ``target`` ends in .zip: then, as for all
        others, it is an archive with a file for each. Raises ``NotFound``, and ``CannotWrite``
        with no file left behind.
        """
        exported: list[Exported] = []
        passed_over: list[tuple[int, str]] = []
        with work(_LOG, "export of episodes") as counts, output_file(target) as file:
            hashed = HashedStream(file.stream)
            episodes = self._episodes.get(ids)
            archive = target.suffix.lower() == ".zip"
            with volume(hashed, episodes, format_, archive=archive) as whole:
                for number, episode in enumerate(episodes):
                    job.step(number, len(ids), "exporting", "episodes")
                    try:
                        exported.append(self._put(whole, episode.id, format_, without))
                    except (NotFound, LimitExceeded) as error:
                        passed_over.append((episode.id, str(error)))
                        whole.leave_out(episode, str(error))
            known = {episode.id for episode in episodes}
            passed_over += [(key, f"There is no episode {key}.") for key in ids if key not in known]
            if not exported and passed_over:
                raise NotFound(passed_over[0][1])
            with self._db.writing():
                for written in exported:
                    self._log_export(written, format_)
                file.put()
            counts.update(episodes=len(exported), bytes=hashed.size)
        return ExportedFile(
            format_,
            len(exported),
            sum(episode.steps for episode in exported),
            hashed.size,
            hashed.digest.hexdigest(),
            tuple(passed_over),
        )

    def outlook(
        self, ids: Sequence[int], format_: ExportFormat, *, without: frozenset[ExportPart]
    ) -> ExportOutlook:
        """What would leave the store with some episodes."""
        episodes = self._episodes.get(ids)
        left_out = without if format_.readable else NOTHING_LEFT_OUT
        noted = format_.readable and ExportPart.NOTES not in without
        held = sum(episode.notes for episode in episodes) if noted else 0
        return ExportOutlook(
            format_,
            len(episodes),
            sum(episode.steps for episode in episodes),
            sum(episode.text_size for episode in episodes),
            held,
            tuple(dict.fromkeys(episode.cwd for episode in episodes if episode.cwd)),
            left_out,
            sum(episode.evicted_at is not None for episode in episodes),
        )

    def _put(
        self, whole: Volume, episode_id: int, format_: ExportFormat, without: frozenset[ExportPart]
    ) -> Exported:
        """Write an episode into a file of several."""
        with self._db.reading():
            name = file_name(self._episodes.detail(episode_id).episode, format_)
            pieces: list[bytes] = []
            alone = whole.alone
            exported = self._write(episode_id, pieces.append, Job(), format_, without, alone=alone)
        whole.add(name, b"".join(pieces))
        return exported

    def _write(
        self,
        episode_id: int,
        write: Callable[[bytes], object],
        job: Job,
        format_: ExportFormat,
        without: frozenset[ExportPart],
        *,
        alone: bool = True,
    ) -> Exported:
        detail = self._episodes.detail(episode_id)
        noted = format_.readable and ExportPart.NOTES not in without
        held = self._notes.of(episode_id) if noted else ()
        digest, size, clean = sha256(), 0, self._border.for_files()
        for piece in self._pieces(detail, held, job, format_, without, alone=alone):
            piece = clean(piece)
            write(piece)
            digest.update(piece)
            size += len(piece)
        steps = detail.episode.steps
        return Exported(episode_id, steps, size, digest.hexdigest(), detail.digest, len(held))

    def _log_export(self, exported: Exported, format_: ExportFormat) -> None:
        detail = {"format": format_.value, "steps": exported.steps, "size": exported.size}
        self._log.append(
            "export",
            f"episode:{exported.episode_id}",
            before=exported.digest,
            after=exported.sha256,
            detail=detail | ({"notes": exported.notes} if exported.notes else {}),
        )

    def _pieces(
        self,
        detail: EpisodeDetail,
        notes: Sequence[Note],
        job: Job,
        format_: ExportFormat,
        without: frozenset[ExportPart],
        *,
        alone: bool,
    ) -> Iterator[bytes]:
        episode = detail.episode
        steps = self._steps.each(episode.id, episode.steps, job, "exporting")
        if format_ is ExportFormat.ATIF:
            yield from trajectory(self._heading(detail), map(draft_of, steps))
        elif format_ is ExportFormat.RAW:
            yield self._originals.record(episode.id)
        else:
            written = markdown if format_ is ExportFormat.MARKDOWN else html
            for piece in written(
                EpisodeDocument(detail, notes, without, kept_of(steps, without), alone)
            ):
                yield piece.encode()

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
            tokens_in=episode.tokens_in,
            tokens_out=episode.tokens_out,
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


def file_name(episode: Episode, format_: ExportFormat) -> str:
    """A name for an episode's file on every system: its number, and what of its name is plain."""
    words = _PLAIN.findall(episode.name[:200])
    return "-".join([f"{episode.id:05}", *words])[:_NAME] + format_.suffix
