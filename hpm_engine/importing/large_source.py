"""The import of a large source in slices: read outside transactions, written in short ones.

A last transaction makes all of it visible. Other writers get a turn between two slices.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from hpm_engine.errors import Cancelled, CannotImport, CannotWrite, HPMError
from hpm_engine.importing.patience import begin_patiently
from hpm_engine.importing.preparation import (
    PreparedSource,
    bytes_from,
    damaged,
    read_on_the_way,
    unreadable,
)
from hpm_engine.importing.secret_masking import SourceMasking
from hpm_engine.importing.source_growth import growth, prefix
from hpm_engine.importing.source_keeping import Tail
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.job import Job
from hpm_engine.store.branches import Arrival, Branch
from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.store.episode_totals import Comparison, Totals
from hpm_engine.store.episode_writer import EpisodeWriter, Written, counted
from hpm_engine.store.file.database import Beside, Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.rows.unfinished import Overtaken, UnfinishedRows
from hpm_engine.store.sources import PackedChunk, Sources, StoredSource, pack_chunks
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.reports import SourceState

SLICE_BYTES = 4 * 1024 * 1024  # of text in one transaction, which takes about 0.3 s
_SLICE_STEPS = 8_192  # steps in one transaction at most
_HELD_BYTES = 64 * 1024 * 1024  # of text that waits in memory for the last transaction
_CHUNKS_BYTES = 32 * 1024 * 1024  # of packed bytes that wait in memory; more go to a file
_PAUSE_S = 0.03  # between slices: who waits for the store looks every 25 ms
Label = Callable[[EpisodeDraft, SourceFile], None]


class TooMuchHeld(HPMError):
    """A source has more text of known sessions than memory should hold."""


@dataclass(slots=True)
class _Grown:
    """A known session that has grown: the store has its beginning."""

    branch: Branch
    stored: StoredSource
    comparison: Comparison
    new: list[tuple[int, EncodedStep]] = field(default_factory=list)


@dataclass(slots=True)
class _New:
    """A session that the store lacks; it gets its ``episode_id`` with its first slice."""

    totals: Totals = field(default_factory=Totals)
    episode_id: int = 0


@dataclass(slots=True)
class _Known:
    """Any other known session, with all its steps."""

    steps: list[EncodedStep]


_Episode = tuple[EpisodeDraft, _New | _Grown | _Known]


class LargeSources:
    """The large sources of an import, one after the other."""

    def __init__(
        self,
        database: Database,
        steps: StepRows,
        episodes: EpisodeWriter,
        sources: Sources,
        unfinished: UnfinishedRows,
        label: Label,
        beside: Beside,
        masking: SourceMasking,
        slice_bytes: int = SLICE_BYTES,
    ) -> None:
        self._db, self._steps, self._episodes = database, steps, episodes
        self._sources, self._unfinished = sources, unfinished
        self._label, self._beside, self._masking = label, beside, masking
        self._slice_bytes = slice_bytes
        self._files = ExitStack()
        self._begin()

    def _begin(self) -> None:
        self._files.close()
        self._read: list[_Episode] = []
        self._keys: set[tuple[str, str]] = set()
        self._slice: list[tuple[_New, int, EncodedStep]] = []
        self._size = self._held = 0
        self._chunks: Iterable[PackedChunk] = ()
        self.tail: Tail | None = None

    @contextmanager
    def sliced(
        self, source: SourceFile, job: Job, done: int
    ) -> Iterator[tuple[PreparedSource, bool]]:
        """Read a source and write its new sessions, which stay invisible until ``show``.

        Yields the prepared source, and whether ``show`` is to follow, in a transaction within this
        context: the end of the context removes what was not shown. ``done`` files were imported
        before.
        """
        self._begin()
        self._unfinished.begin()
        prepared, opened = PreparedSource(source.name, source, unread=True), source
        try:
            try:
                prepared = read_on_the_way(source, self._masking.masked)
                source = prepared.source or source
                ready = (
                    prepared.notes is None
                    and self._is_new(prepared)
                    and self._write(source, prepared, job, done)
                )
                again = not (ready or prepared.aside or self._is_here(prepared.digest))
                if again:
                    prepared = PreparedSource(source.name, opened, unread=True)
            except (CannotImport, RecursionError) as error:
                prepared, ready = (
                    damaged(unreadable(source, error), prepared.digest, prepared.format),
                    False,
                )
            yield prepared, ready
        finally:
            self._begin()
            with suppress(HPMError, Cancelled):  # the next import removes what is left now
                self._unfinished.discard()

    def _is_here(self, digest: str) -> bool:
        with self._db.reading():
            known = self._sources.known(digest)
        return known is not None and known.state is SourceState.IMPORTED

    def _is_new(self, prepared: PreparedSource) -> bool:
        with self._db.reading():
            known = self._sources.known(prepared.digest) or (
                self._sources.known(prepared.read_digest) if prepared.read_digest else None
            )
        return not prepared.aside and (known is None or known.state is SourceState.ASIDE)

    def _write(self, source: SourceFile, prepared: PreparedSource, job: Job, done: int) -> bool:
        """Write all but the last slice; returns ``False`` if it has to be one transaction."""
        arrival = Arrival(growth(source, self._sources), prefix(source, self._sources))
        try:
            for draft, steps in prepared.episodes:
                self._read.append((draft, self._episode(draft, steps, arrival, job, done)))
                draft.steps = ()
                self._label(draft, source)
            if not self._read:
                raise source.account.nothing(source.name, "it holds no session.")
            self._pack(source, prepared.digest)
        except (Overtaken, TooMuchHeld):
            self._begin()
            self._unfinished.discard()
            return False
        return True

    def _episode(
        self,
        draft: EpisodeDraft,
        steps: Iterable[EncodedStep],
        arrival: Arrival,
        job: Job,
        done: int,
    ) -> _New | _Grown | _Known:
        key = draft.format, draft.key
        again = key in self._keys
        self._keys.add(key)
        with self._db.reading():
            if self._episodes.left(draft) is not None:
                for _ in counted(steps, job):
                    pass  # ``show`` says what is to be left out of the bytes
                return _Known([])
            steps = self._episodes.holes.screened(steps)
            stored = self._episodes.stored(draft)
            grown = None if again else self._grown(stored, arrival)
        if not stored and not again:
            new = _New()
            for seq, step in enumerate(counted(steps, job)):
                new.totals.add(step)
                self._add(new, seq, step, job, done)
            return new
        if grown is not None:
            for seq, step in enumerate(counted(steps, job)):
                if not grown.comparison.knows(seq, step):
                    grown.new.append((seq, step))
                    self._hold(step)
            return grown
        known = _Known([])
        for step in counted(steps, job):
            known.steps.append(step)
            self._hold(step)
        return known

    def _grown(self, stored: list[Branch], arrival: Arrival) -> _Grown | None:
        branch = stored[0] if len(stored) == 1 else None
        if branch is None or not branch.source_id or not arrival.goes_on(branch.source_id):
            return None
        source = self._sources.get(branch.source_id)
        return _Grown(branch, source, Comparison(self._steps.known(branch.id)))

    def _hold(self, step: EncodedStep) -> None:
        self._held += step.text_size
        if self._held > _HELD_BYTES:
            raise TooMuchHeld("more of known sessions than memory should hold")

    def _add(self, new: _New, seq: int, step: EncodedStep, job: Job, done: int) -> None:
        self._slice.append((new, seq, step))
        self._size += step.text_size
        if self._size >= self._slice_bytes or len(self._slice) >= _SLICE_STEPS:
            with ExitStack() as stack:
                begin_patiently(stack, self._db, self._beside, job, done)
                self._unfinished.check()
                self._steps.begin()
                self._write_slice()
                self._steps.flush()
            job.give_way()
            time.sleep(_PAUSE_S)

    def _write_slice(self) -> None:
        for new, seq, step in self._slice:
            new.episode_id = new.episode_id or self._unfinished.take()
            self._steps.add(new.episode_id, seq, step)
        self._slice, self._size = [], 0

    def _pack(self, source: SourceFile, digest: str) -> None:
        grown = {episode.stored for _, episode in self._read if isinstance(episode, _Grown)}
        if len(grown) == 1:
            stored = grown.pop()
            chunks = _kept(pack_chunks(bytes_from(source, stored.size, digest)), self._files)
            self.tail = Tail(stored, chunks)
        self._chunks = _kept(pack_chunks(bytes_from(source, 0, digest)), self._files)

    def show(self, source: SourceFile, job: Job) -> tuple[list[Written], Iterable[PackedChunk]]:
        """Write the last slice and make all visible, inside the caller's transaction.

        Returns the written episodes and the source's bytes. Raises ``Overtaken``, before anything
        is visible, where the store has changed since the source was read.
        """
        self._unfinished.check()
        for draft, episode in self._read:
            if not self._holds(draft, episode):
                raise Overtaken(f"{source.name}: another import brought its sessions meanwhile.")
        self._write_slice()
        self._steps.write()
        self._unfinished.finish()
        arrival = Arrival(growth(source, self._sources), prefix(source, self._sources))
        written = []
        for draft, episode in self._read:
            written.append(self._show(draft, episode, arrival, job))
            arrival.done.add(written[-1].episode_id)
        return written, self._chunks

    def _holds(self, draft: EpisodeDraft, episode: _New | _Grown | _Known) -> bool:
        if isinstance(episode, _New):
            return not self._episodes.stored(draft) and self._episodes.left(draft) is None
        if isinstance(episode, _Grown):
            source = self._sources.get(episode.stored.id)
            return self._episodes.stored(draft) == [episode.branch] and source == episode.stored
        return True

    def _show(
        self, draft: EpisodeDraft, episode: _New | _Grown | _Known, arrival: Arrival, job: Job
    ) -> Written:
        if isinstance(episode, _Known):
            return self._episodes.write(draft, episode.steps, job, arrival)
        if isinstance(episode, _Grown):
            return self._episodes.go_on(episode.branch, draft, episode.comparison, episode.new)
        # A session without steps has no number yet.
        episode_id = episode.episode_id or self._unfinished.take()
        return self._episodes.show(episode_id, draft, episode.totals, draft.key)


def _kept(chunks: Iterable[PackedChunk], files: ExitStack) -> Iterator[PackedChunk]:
    """Pack the chunks now, for later use: in memory, or in a nameless file if they are large."""
    file = tempfile.SpooledTemporaryFile(_CHUNKS_BYTES)  # noqa: SIM115 - ``files`` closes it
    files.push(file)
    held, sizes = cast("BinaryIO", file), []
    try:
        for size, data in chunks:
            held.write(data)
            sizes.append((size, len(data)))
        held.seek(0)
    except OSError as error:
        raise CannotWrite(
            f"{tempfile.gettempdir()}: what an import packs cannot be kept there "
            f"({error.strerror or error}). Free some space, or set TMPDIR."
        ) from error
    return ((size, held.read(length)) for size, length in sizes)
