"""Keeping chosen sources up to date: what is new in them is imported, and nothing else is done."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from hpm_engine.consolidator.turn import turn
from hpm_engine.errors import Cancelled, HPMError, StoreBusy
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job, Progress
from hpm_engine.memory import Memory
from hpm_engine.scheduling.power import on_mains
from hpm_engine.store.chosen_sources import ChosenSources, FileState
from hpm_engine.system.log.work import work
from hpm_engine.values.reports import Changed, FileReport, FileStatus, ImportReport
from hpm_engine.values.syncing import ChosenSource, SourceSync, SyncReport
from hpm_engine.version import __version__
from hpm_engine.watching.disk import ComputerDisk, Disk, FileMark
from hpm_engine.watching.pending import Due
from hpm_engine.watching.sessions import sessions_of
from hpm_engine.watching.tree import WatchedRoot
from hpm_engine.watching.watch import Watch

_LOG = logging.getLogger(__name__)
_AT_ONCE = 500  # sessions of one import: what it read is remembered after each
_NOTED_EVERY = 60.0  # s between two notes in the store of when sources were looked at


class Plan(msgspec.Struct, frozen=True):
    """What a store wants to be kept up to date with, and what was read of it."""

    sources: tuple[ChosenSource, ...]
    by_itself: bool
    states: dict[str, FileState]


class Syncer:
    """One store's chosen sources while a program keeps them up to date.

    ``plan`` and ``run`` get a memory of the store; ``follow``, ``look`` and ``ran`` look at the
    disk. The two groups may be called in different threads, but none of them at once with another.
    ``clock`` gives seconds since 1970.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        disk: Disk | None = None,
        mains: Callable[[], bool] = on_mains,
    ) -> None:
        self._clock = clock
        self.watch = Watch(clock, disk or ComputerDisk(), mains)
        self._turn = ExitStack()
        self._has_turn = False
        self._choice: list[tuple[str, str]] | None = None
        self._sources: dict[str, ChosenSource] = {}
        self._noted: dict[str, str] = {}  # failures as the store has them
        self._noted_at = float("-inf")

    def take_turn(self, memory: Memory) -> bool:
        """Be the one program that keeps this store up to date; ``False`` while another does.

        Raises ``CannotWrite`` where the lock file cannot be made.
        """
        if not self._has_turn:
            folder = index_folder(memory.internals.database)
            lock = folder.parent.parent / "turns" / f"{folder.name}-syncing"
            with suppress(StoreBusy):
                self._turn.enter_context(turn(lock, memory.path, "keeping up to date"))
                self._has_turn = True
        return self._has_turn

    def let_go(self) -> None:
        """Let another program keep the store up to date."""
        self._turn.close()
        self._has_turn = False

    def plan(self, memory: Memory) -> Plan:
        """What the store says; cheap, but for the states of many files."""
        rows = ChosenSources(memory.internals.database, memory.internals.log)
        return Plan(memory.chosen.all(), memory.chosen.by_itself(), rows.states())

    def follow(self, plan: Plan) -> None:
        """Look at these sources from now on; those that are paused are left alone."""
        self._sources = {source.path: source for source in plan.sources if not source.paused}
        self._noted = {source.path: source.failure for source in plan.sources}
        known: dict[str, dict[str, FileMark]] = {path: {} for path in self._sources}
        for path, state in plan.states.items():
            for top, marks in known.items():
                if path.startswith(top):
                    marks[path] = FileMark(*state)
        self.watch.follow(
            WatchedRoot(path, sessions_of(source.agent), known[path])
            for path, source in self._sources.items()
        )

    def keep(self, memory: Memory, job: Job) -> SyncReport | None:
        """All of it in one thread, for a program that calls this about once a second.

        ``None`` where nothing was due, another program keeps the store up to date, or a person
        switched it off. Raises as ``sync``.
        """
        if not self.take_turn(memory):
            return None
        choice = [
            (source.path, source.agent) for source in memory.chosen.all() if not source.paused
        ]
        if choice != self._choice:
            self._choice = choice
            self.follow(self.plan(memory))
        due = self.look() if choice and memory.chosen.by_itself() else []
        return self.run(memory, due, job) if due else None

    def look(self) -> list[Due]:
        """What is to be imported now; call it about once a second."""
        return self.watch.look()

    def failures(self) -> dict[str, str]:
        """What is the matter with sources, by path; "" for those that are well."""
        return {root.path: root.failure for root in self.watch.roots}

    def sync(self, memory: Memory, job: Job | None = None) -> SyncReport:
        """Import all that is new in all chosen sources, whether it still changes or not.

        A source that fails is named in the report and never stops the others. Raises
        ``Cancelled`` with what was imported before kept, ``CannotWrite`` and ``StoreBusy``.
        """
        rows = ChosenSources(memory.internals.database, memory.internals.log)
        rows.forget_unread(__version__)
        self.follow(self.plan(memory))
        report = self.run(memory, self.watch.look_at_everything(), job or Job())
        self._note(memory, force=True)
        return report

    def run(self, memory: Memory, due: Sequence[Due], job: Job) -> SyncReport:
        """Import what was due; raising as ``sync``."""
        started = time.monotonic()
        imports: list[ImportReport] = []
        results: dict[str, SourceSync] = {}
        done = 0
        with work(_LOG, "sync") as counts:
            for part in _parts(due):
                path = part[0].source
                result = self._imported(memory, part, _onward(job, done), imports)
                results[path] = _sum(results.get(path), result)
                done += len(part)
            sources = [
                self._with_failure(results.get(path) or SourceSync(path, source.agent))
                for path, source in self._sources.items()
            ]
            seconds = time.monotonic() - started
            report = SyncReport(tuple(sources), seconds, _together(imports, seconds))
            counts.update(sessions=len(due), new=report.new, failures=len(report.failures))
        self._note(memory)
        return report

    def _imported(
        self, memory: Memory, part: Sequence[Due], job: Job, imports: list[ImportReport]
    ) -> SourceSync:
        """Import sessions of one source, and remember what was read."""
        there = [due for due in part if os.path.lexists(due.session)]
        for due in part:
            if due not in there:
                self.watch.gone(due)
        path = part[0].source
        agent = self._sources[path].agent if path in self._sources else ""
        if not there:
            return SourceSync(path, agent)
        try:
            imported = memory.import_paths([Path(due.session) for due in there], job=job)
        except (HPMError, Cancelled):
            raise
        except Exception as error:  # the boundary to readers of untrusted files
            _LOG.warning("a source could not be imported", exc_info=True)
            text = f"{path}: {type(error).__name__}. The other sources are not concerned."
            self.watch.done(there, 0.0, frozenset(due.session for due in there))
            return SourceSync(path, agent, len(there), failures=(text,))
        statuses = _statuses(imported.files, {due.session for due in there})
        failed = frozenset(at for at, seen in statuses.items() if FileStatus.FAILED in seen)
        kept = self.watch.done(there, imported.seconds, failed)
        aside = {
            file: mark
            for due in there
            if statuses.get(due.session) == {FileStatus.ASIDE}
            for file, mark in due.marks.items()
            if kept.get(file) == mark
        }
        taken = {file: mark for file, mark in kept.items() if file not in aside}
        rows = ChosenSources(memory.internals.database, memory.internals.log)
        rows.keep(taken, aside, __version__)
        imports.append(imported)
        return _result(path, agent, len(there), imported)

    def _with_failure(self, result: SourceSync) -> SourceSync:
        failure = self.failures().get(result.path, "")
        if not failure:
            return result
        return msgspec.structs.replace(result, failures=(failure, *result.failures))

    def _note(self, memory: Memory, *, force: bool = False) -> None:
        """Write into the store when sources were looked at, and what is the matter with them."""
        failures, now = self.failures(), self._clock()
        news = any(self._noted.get(path, "") != text for path, text in failures.items())
        if not (force or news or not 0 <= now - self._noted_at < _NOTED_EVERY) or not failures:
            return
        rows = ChosenSources(memory.internals.database, memory.internals.log)
        rows.synced(failures, int(now * 1e6))
        self._noted, self._noted_at = failures, now


def _parts(due: Iterable[Due]) -> list[list[Due]]:
    """What is due, source by source, in imports of a bounded size."""
    by_source: dict[str, list[Due]] = {}
    for session in due:
        by_source.setdefault(session.source, []).append(session)
    return [
        sessions[start : start + _AT_ONCE]
        for sessions in by_source.values()
        for start in range(0, len(sessions), _AT_ONCE)
    ]


def _onward(job: Job, before: int) -> Job:
    """A job of a part of the work, which reports and is cancelled as the whole."""

    def look(progress: Progress) -> None:
        try:
            job.step(before + progress.done, note=progress.note, unit=progress.unit)
        except Cancelled:
            inner.cancel()

    inner = Job(look, give_way=job.give_way)
    return inner


def _statuses(files: Iterable[FileReport], sessions: set[str]) -> dict[str, set[FileStatus]]:
    """What became of the files of each session, by its path."""
    statuses: dict[str, set[FileStatus]] = {}
    for file in files:
        path = file.path
        while path not in sessions:
            path, cut, _ = path.rpartition("!" if "!" in path else os.sep)
            if not cut:
                break
        statuses.setdefault(path, set()).add(file.status)
    return statuses


def _together(imports: Iterable[ImportReport], seconds: float) -> ImportReport:
    reports, changed = list(imports), Changed.NOTHING
    for report in reports:
        changed |= report.changed
    return ImportReport(
        files=tuple(file for report in reports for file in report.files),
        episodes_added=sum(report.episodes_added for report in reports),
        episodes_extended=sum(report.episodes_extended for report in reports),
        steps_added=sum(report.steps_added for report in reports),
        raw_size=sum(report.raw_size for report in reports),
        seconds=seconds,
        changed=changed,
        branches=sum(report.branches for report in reports),
    )


def _result(path: str, agent: str, sessions: int, imported: ImportReport) -> SourceSync:
    return SourceSync(
        path,
        agent,
        sessions,
        imported.episodes_added,
        imported.episodes_extended,
        imported.steps_added,
        tuple(
            file.reason if file.path in file.reason else f"{file.path}: {file.reason}"
            for file in imported.with_status(FileStatus.FAILED)
        ),
    )


def _sum(before: SourceSync | None, more: SourceSync) -> SourceSync:
    if before is None:
        return more
    return SourceSync(
        more.path,
        more.agent,
        before.sessions + more.sessions,
        before.episodes_added + more.episodes_added,
        before.episodes_extended + more.episodes_extended,
        before.steps_added + more.steps_added,
        before.failures + more.failures,
    )
