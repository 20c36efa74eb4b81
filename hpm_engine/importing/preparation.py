"""The preparation of a source for the store: recognised, read and packed, outside the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from hpm_engine.errors import Cancelled, CannotImport, HPMError, LimitExceeded, NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.memory_notes.kinds import note_reader
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.reader import FormatReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import Unreadable
from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.sources import PackedChunk, pack_chunks
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from hpm_engine.values.memory_notes import MemoryNoteDraft
from hpm_engine.words.own_quotation import is_own_quotation

# A file of up to this size is read to its end before anything is written, so that a bad one needs
# no savepoint: each savepoint costs the search index a segment (a third of the time).
WHOLE_BYTES = 8 * 1024 * 1024  # of a file

# An episode with its steps: a list is complete, a generator may still fail.
EncodedEpisode = tuple[EpisodeDraft, Iterable[EncodedStep]]
Masking = Callable[[SourceFile], SourceFile]


def unmasked(source: SourceFile) -> SourceFile:
    """The source as it is."""
    return source


@dataclass(frozen=True, slots=True)
class PreparedSource:
    """A source before the store gets it.

    At most one of ``failure`` (why it cannot be read) and ``aside`` (why it is no trace) is set; a
    failure with a ``format`` and a ``digest`` is a damaged trace. ``source`` is None for a file
    that was not opened. A large source is ``unread``: its episodes and chunks are read later. A
    file of an agent's memory has ``notes`` in place of episodes. ``digest`` is that of the bytes
    that are kept, ``read_digest`` that of the file: other ones where secrets were masked.
    """

    name: str
    source: SourceFile | None = None
    digest: str = ""
    format: str = ""
    episodes: Iterable[EncodedEpisode] = ()
    chunks: Iterable[PackedChunk] = ()
    failure: str = ""
    aside: str = ""
    size: int = 0  # bytes of a file that was not opened
    unread: bool = False
    notes: tuple[MemoryNoteDraft, ...] | None = None
    read_digest: str = ""


def prepare(
    source: SourceFile | Unreadable,
    limits: Limits,
    known: frozenset[str],
    packer: Executor,
    whole: int = WHOLE_BYTES,
    masking: Masking = unmasked,
) -> PreparedSource:
    """Read a source of up to ``whole`` bytes to its end, unless ``known`` has its digest.

    Meanwhile ``packer`` packs its bytes, outside Python's lock.
    """
    if isinstance(source, Unreadable):
        if source.aside:
            return PreparedSource(source.name, aside=source.reason, size=source.size)
        return PreparedSource(source.name, failure=source.reason)
    if source.known_as in known:
        return PreparedSource(source.name, source, source.known_as)
    if source.size > limits.file_size:
        failure = (
            f"{source.name}: {source.size:,} bytes is more than the limit for one file "
            f"({limits.file_size:,})."
        )
        return PreparedSource(source.name, source, failure=failure)
    if source.size > whole:
        return PreparedSource(source.name, source, unread=True)
    try:
        return _read_whole(source, limits, known, packer, masking)
    except (CannotImport, RecursionError) as error:
        return unreadable(source, error)


def unreadable(source: SourceFile, error: Exception) -> PreparedSource:
    """A source that could not be read, with the reason."""
    if isinstance(error, NothingToImport):
        return PreparedSource(source.name, source, aside=str(error))
    reason = source.fault or str(error)
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply to be a trace."
    failure = reason if source.name in reason else f"{source.name}: {reason}"
    return PreparedSource(source.name, source, failure=failure)


def read_on_the_way(source: SourceFile, masking: Masking = unmasked) -> PreparedSource:
    """A large source whose steps and chunks are read only when they are consumed.

    Consuming them may raise ``CannotImport``, also when the file is rewritten meanwhile.
    """
    digest = source.sha256()
    with _expected(source):
        memory = note_reader(source)
        reader = detect(source) if memory is None else NotATrace("")
    if memory is not None:
        return _with_notes(memory, masking(source), digest)
    if isinstance(reader, NotATrace):
        return PreparedSource(source.name, source, digest, aside=reader.reason)
    source, read_digest = masking(source), digest
    digest = _kept_digest(source, digest)
    source.begin_account()
    episodes = ((draft, _encoded(draft.steps, source)) for draft in _drafts(reader, source))
    chunks = pack_chunks(bytes_from(source, 0, digest))
    return PreparedSource(
        source.name, source, digest, reader.format, episodes, chunks, read_digest=read_digest
    )


def _kept_digest(source: SourceFile, digest: str) -> str:
    return digest if source.as_read is None else source.sha256()


def bytes_from(source: SourceFile, start: int, digest: str) -> Iterator[bytes]:
    """The bytes from ``start`` on; raises ``CannotImport`` where the digest is another."""
    offset, actual = 0, sha256()
    for block in source.blocks():
        actual.update(block)
        if offset + len(block) > start:
            yield block[max(0, start - offset) :]
        offset += len(block)
    if actual.hexdigest() != digest:
        raise CannotImport(
            f"{source.name}: was rewritten while it was being read. Import it again."
        )


def _read_whole(
    opened: SourceFile,
    limits: Limits,
    known: frozenset[str],
    packer: Executor,
    masking: Masking,
) -> PreparedSource:
    source = opened.held()  # somebody may be writing to the file
    digest = source.sha256()
    if digest in known:
        return PreparedSource(source.name, source, digest)
    with _expected(source):
        memory = note_reader(source)
        reader = detect(source) if memory is None else NotATrace("")
    if memory is not None:
        return _with_notes(memory, masking(source), digest)
    if isinstance(reader, NotATrace):
        return PreparedSource(source.name, source, digest, aside=reader.reason)
    source, read_digest = masking(source), digest
    digest = _kept_digest(source, digest)
    try:
        prepared = _read_by(reader, source, digest, limits, packer)
    except (CannotImport, RecursionError) as error:
        prepared = damaged(unreadable(source, error), digest, reader.format)
    return replace(prepared, read_digest=read_digest)


def _with_notes(reader: NoteReader, source: SourceFile, digest: str) -> PreparedSource:
    source.begin_account()
    with _expected(source):
        notes = tuple(_cleaned(note, source) for note in reader.notes(source))
    return PreparedSource(source.name, source, digest, reader.format, notes=notes)


def _cleaned(note: MemoryNoteDraft, source: SourceFile) -> MemoryNoteDraft:
    """A note whose earlier texts, which come packed from a repository, are masked too."""
    if source.clean is not None and note.earlier:
        note.earlier = tuple(
            msgspec.structs.replace(text, text=source.clean(text.text.encode()).decode())
            for text in note.earlier
        )
    return note


def damaged(prepared: PreparedSource, digest: str, format_: str) -> PreparedSource:
    """A failure to read a recognised trace, with its format; other sources unchanged."""
    if not (prepared.failure and digest and format_):
        return prepared
    return replace(prepared, digest=digest, format=format_)


def _read_by(
    reader: FormatReader, source: SourceFile, digest: str, limits: Limits, packer: Executor
) -> PreparedSource:
    source.begin_account()
    packing = packer.submit(lambda: list(pack_chunks(source.blocks())))
    episodes = [(draft, _whole(draft, source, limits)) for draft in _drafts(reader, source)]
    if not episodes:
        raise source.account.nothing(source.name, "it holds no session.")
    return PreparedSource(source.name, source, digest, reader.format, episodes, _later(packing))


def _later(packing: Future[list[PackedChunk]]) -> Iterator[PackedChunk]:
    yield from packing.result()


def _whole(draft: EpisodeDraft, source: SourceFile, limits: Limits) -> list[EncodedStep]:
    steps = list(_encoded(draft.steps, source))
    if len(steps) > limits.steps_per_episode:
        raise LimitExceeded(f"an episode of {len(steps):,} steps is beyond the limit")
    return steps


def _drafts(reader: FormatReader, source: SourceFile) -> Iterator[EpisodeDraft]:
    with _expected(source):
        yield from reader.read(source)


def _encoded(steps: Iterable[StepDraft], source: SourceFile) -> Iterator[EncodedStep]:
    with _expected(source):
        for draft in steps:
            yield encode_step(_told_apart(draft))


def _told_apart(draft: StepDraft) -> StepDraft:
    """What this program quoted to the agent from earlier sessions counts there, and not again."""
    if not draft.flags & StepFlag.INJECTED or draft.source is StepSource.AGENT or not draft.parts:
        return draft
    if not all(is_own_quotation(part.text) for part in draft.parts):
        return draft
    copied: StepDraft = msgspec.structs.replace(draft, flags=draft.flags | StepFlag.COPIED)
    return copied


@contextmanager
def _expected(source: SourceFile) -> Iterator[None]:
    """Make a reader's unexpected error a failure of this file: no input may end an import."""
    try:
        yield
    except (HPMError, Cancelled, RecursionError, MemoryError):
        raise
    except Exception as error:  # the boundary to readers of untrusted files
        raise CannotImport(
            f"{source.name}: it has a shape that its reader did not expect "
            f"({type(error).__name__}: {str(error)[:200]}). The other files are not concerned; "
            "please report it as a fault of this program."
        ) from error
