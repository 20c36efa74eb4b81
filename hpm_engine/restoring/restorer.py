"""The files of sessions, written where their agents look for them, and never over another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from hpm_engine.errors import HPMError
from hpm_engine.job import Job
from hpm_engine.restoring.agent_home import AgentHome
from hpm_engine.restoring.places import place_of
from hpm_engine.restoring.saved_results import saved_results
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.originals import OriginalBytes
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.system.file_digest import file_sha256
from hpm_engine.system.new_file import new_file
from hpm_engine.values.episodes import EpisodeDetail
from hpm_engine.values.restoring import FileState, Restoration, RestoredFile

_HEAD = 4096  # bytes


class _Planned(NamedTuple):
    """A file with a way to its bytes."""

    file: RestoredFile
    blocks: Callable[[], Iterable[bytes]]


class SessionRestorer:
    """A restorer of sessions into the folders of this person's agents."""

    def __init__(
        self,
        db: Database,
        log: AuditLog,
        episodes: EpisodeRows,
        steps: StepRows,
        originals: OriginalBytes,
        home: AgentHome,
    ) -> None:
        self._db, self._log = db, log
        self._episodes, self._steps, self._originals = episodes, steps, originals
        self._home = home

    def plan(self, ids: Sequence[int], job: Job) -> Restoration:
        """What would be written for some episodes, their subagents' files among it."""
        return Restoration(tuple(planned.file for planned in self._planned(ids, job)))

    def restore(self, ids: Sequence[int], job: Job) -> Restoration:
        """Write the files that are missing, each with its audit row.

        Raises ``CannotWrite`` and ``Cancelled`` with the files before it written and told.
        """
        files = []
        for number, planned in enumerate(self._planned(ids, job)):
            job.step(number, note=planned.file.path, unit="files")
            files.append(
                self._write(planned) if planned.file.state is FileState.MISSING else planned.file
            )
        return Restoration(tuple(files))

    def _planned(self, ids: Sequence[int], job: Job) -> Iterator[_Planned]:
        seen: set[str] = set()
        for episode_id in dict.fromkeys(ids):
            for detail, parent in self._family(episode_id):
                job.step(len(seen), note=detail.episode.name, unit="files")
                for planned in self._files(detail, parent):
                    key = planned.file.path or f"{detail.source_sha256} {planned.file.reason}"
                    if key not in seen:  # a file of several episodes
                        seen.add(key)
                        yield planned

    def _family(self, episode_id: int) -> Iterator[tuple[EpisodeDetail, EpisodeDetail | None]]:
        """An episode and those that it started, each with the one that started it."""
        left: list[tuple[int, EpisodeDetail | None]] = [(episode_id, None)]
        known: set[int] = set()
        while left:
            number, parent = left.pop(0)
            if number in known:
                continue
            known.add(number)
            with self._db.reading():
                detail = self._episodes.detail(number)
                if parent is None and detail.parent is not None:
                    parent = self._episodes.detail(detail.parent.id)
            yield detail, parent
            left += [(child.id, detail) for child in detail.children]

    def _files(self, detail: EpisodeDetail, parent: EpisodeDetail | None) -> Iterator[_Planned]:
        episode_id = detail.episode.id
        try:
            whole = self._originals.whole(episode_id)
            first = next(iter(whole), b"")
            path = place_of(detail, self._home, parent, first[:_HEAD])
        except HPMError as error:
            yield _Planned(_lost(episode_id, "", str(error)), tuple)
            return
        size, digest = detail.source_size, detail.source_sha256
        yield _Planned(
            _seen(episode_id, path, size, digest, self._home),
            lambda: self._originals.whole(episode_id),
        )
        if detail.episode.format == "claude-code":
            folder = _saved_folder(path, detail)
            steps = self._steps.each(episode_id, detail.episode.steps)
            for saved in saved_results(steps, self._originals.whole(episode_id)):
                target = folder / saved.name
                if saved.lost:
                    yield _Planned(_lost(episode_id, str(target), saved.lost), tuple)
                    continue
                hashed = sha256(saved.data).hexdigest()
                file = _seen(episode_id, target, len(saved.data), hashed, self._home)
                yield _Planned(file, lambda data=saved.data: (data,))  # type: ignore[misc]

    def _write(self, planned: _Planned) -> RestoredFile:
        file = planned.file
        digest = sha256()
        try:
            with new_file(Path(file.path)) as new:
                for block in planned.blocks():
                    digest.update(block)
                    new.stream.write(block)
                if digest.hexdigest() != file.sha256:
                    return _lost(file.episode_id, file.path, _NOT_THE_SAME)
                with self._db.writing():
                    subject, detail = f"episode:{file.episode_id}", {"size": file.size}
                    self._log.append("give back", subject, after=file.sha256, detail=detail)
                    new.put()
        except FileExistsError:
            return msgspec.structs.replace(file, state=FileState.OTHER, reason=_CAME_MEANWHILE)
        return msgspec.structs.replace(file, written=True)


_NOT_THE_SAME = "The bytes in the store are not those that were imported; hpm doctor says more."
_CAME_MEANWHILE = "A file came there meanwhile; it stays as it is."


def _saved_folder(path: Path, detail: EpisodeDetail) -> Path:
    """The folder of results that were saved beside a session or its subagents."""
    if path.parent.name == "subagents":
        return path.parent.parent / "tool-results"
    return path.parent / detail.episode.key.partition("/")[0] / "tool-results"


def _lost(episode_id: int, path: str, reason: str) -> RestoredFile:
    return RestoredFile(episode_id, path, FileState.LOST, reason=reason)


def _seen(episode_id: int, path: Path, size: int, digest: str, home: AgentHome) -> RestoredFile:
    """A file whose bytes the store has, as it stands at its place."""
    state, reason = _state(path, size, digest)
    return RestoredFile(episode_id, str(path), state, size, digest, reason)


def _state(path: Path, size: int, digest: str) -> tuple[FileState, str]:
    try:
        if not os.path.lexists(path):
            return FileState.MISSING, ""
        if path.is_file() and path.stat().st_size == size and file_sha256(path) == digest:
            return FileState.THERE, ""
    except OSError as error:
        return FileState.LOST, f"The place cannot be looked at: {error.strerror or error}."
    return FileState.OTHER, "Something else is there; it stays as it is."
