"""A source made ready for the store: recognised, read and compressed, without touching it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256

from hpm_engine.errors import Cancelled, CannotImport, HPMError, LimitExceeded, NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.reader import Reader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import Unreadable
from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.sources import PackedChunk, pack_chunks
from hpm_engine.values.drafts import EpisodeDraft, StepDraft

# Up to this size a file is read to its end before anything of it is written, so that a bad one
# needs no savepoint: each of those costs the search index a segment (a third of the time).
WHOLE_BYTES = 8 * 1024 * 1024

# An episode with its steps: a list is complete, a generator may still fail.
EncodedEpisode = tuple[EpisodeDraft, Iterable[EncodedStep]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of a source before the store sees it.

    At most one of ``failure`` (why it cannot be read) and ``aside`` (why it is no trace) is set;
    a failure with a ``format`` and a ``digest`` is a damaged trace. Where ``source`` is None, the
    file was not opened.
    A large source comes ``unread``: its episodes and chunks are read on the way.
    """

    name: str
    source: SourceFile | None = None
    digest: str = ""
    format: str = ""
    episodes: Iterable[EncodedEpisode] = ()
    chunks: Iterable[PackedChunk] = ()
    failure: str = ""
    aside: str = ""
    size: int = 0  # of a file that was not opened
    unread: bool = False


def prepare(
    found: SourceFile | Unreadable,
    limits: Limits,
    known: frozenset[str],
    packer: Executor,
    whole: int = WHOLE_BYTES,
) -> Prepared:
    """Read a source of up to ``whole`` bytes to its end, unless ``known`` (digests) has it.

    Its bytes are compressed on ``packer`` meanwhile, outside Python's lock.
    """
    if isinstance(found, Unreadable):
        if found.aside:
            return Prepared(found.name, aside=found.reason, size=found.size)
        return Prepared(found.name, failure=found.reason)
    if found.size > limits.file_size:
        failure = (
            f"{found.name}: {found.size:,} bytes is more than the limit for one file "
            f"({limits.file_size:,})."
        )
        return Prepared(found.name, found, failure=failure)
    if found.size > whole:
        return Prepared(found.name, found, unread=True)
    try:
        return _read_whole(found, limits, known, packer)
    except (CannotImport, RecursionError) as error:
        return unreadable(found, error)


def unreadable(source: SourceFile, error: Exception) -> Prepared:
    """What to say of a source that could not be read."""
    if isinstance(error, NothingToImport):
        return Prepared(source.name, source, aside=str(error))
    reason = source.fault or str(error)
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply to be a trace."
    failure = reason if source.name in reason else f"{source.name}: {reason}"
    return Prepared(source.name, source, failure=failure)


def read_on_the_way(source: SourceFile) -> Prepared:
    """A large source, its steps and chunks read as they are asked for.

    Asking may raise ``CannotImport``, also when the file is rewritten meanwhile.
    """
    digest = source.sha256()
    with _expected(source):
        reader = detect(source)
    if isinstance(reader, NotATrace):
        return Prepared(source.name, source, digest, aside=reader.reason)
    source.begin_account()
    episodes = ((draft, _encoded(draft.steps, source)) for draft in _drafts(reader, source))
    chunks = pack_chunks(bytes_from(source, 0, digest))
    return Prepared(source.name, source, digest, reader.format, episodes, chunks)


def bytes_from(source: SourceFile, start: int, digest: str) -> Iterator[bytes]:
    """The bytes from ``start`` on; raises ``CannotImport`` where they are no longer the same."""
    at, found = 0, sha256()
    for block in source.blocks():
        found.update(block)
        if at + len(block) > start:
            yield block[max(0, start - at) :]
        at += len(block)
    if found.hexdigest() != digest:
        raise CannotImport(
            f"{source.name}: was rewritten while it was being read. Import it again."
        )


def _read_whole(
    found: SourceFile, limits: Limits, known: frozenset[str], packer: Executor
) -> Prepared:
    source = found.held()  # somebody may be writing to the file
    digest = source.sha256()
    if digest in known:
        return Prepared(source.name, source, digest)
    with _expected(source):
        reader = detect(source)
    if isinstance(reader, NotATrace):
        return Prepared(source.name, source, digest, aside=reader.reason)
    try:
        return _read_by(reader, source, digest, limits, packer)
    except (CannotImport, RecursionError) as error:
        return damaged(unreadable(source, error), digest, reader.format)


def damaged(prepared: Prepared, digest: str, format_: str) -> Prepared:
    """A failure to read what was recognised as a trace; anything else as it is."""
    if not (prepared.failure and digest and format_):
        return prepared
    return replace(prepared, digest=digest, format=format_)


def _read_by(
    reader: Reader, source: SourceFile, digest: str, limits: Limits, packer: Executor
) -> Prepared:
    source.begin_account()
    packing = packer.submit(lambda: list(pack_chunks(source.blocks())))
    episodes = [(draft, _whole(draft, source, limits)) for draft in _drafts(reader, source)]
    if not episodes:
        raise source.account.nothing(source.name, "it holds no session.")
    return Prepared(source.name, source, digest, reader.format, episodes, _later(packing))


def _later(packing: Future[list[PackedChunk]]) -> Iterator[PackedChunk]:
    yield from packing.result()


def _whole(draft: EpisodeDraft, source: SourceFile, limits: Limits) -> list[EncodedStep]:
    steps = list(_encoded(draft.steps, source))
    if len(steps) > limits.steps_per_episode:
        raise LimitExceeded(f"an episode of {len(steps):,} steps is beyond the limit")
    return steps


def _drafts(reader: Reader, source: SourceFile) -> Iterator[EpisodeDraft]:
    with _expected(source):
        yield from reader.read(source)


def _encoded(steps: Iterable[StepDraft], source: SourceFile) -> Iterator[EncodedStep]:
    with _expected(source):
        for draft in steps:
            yield encode_step(draft)


@contextmanager
def _expected(source: SourceFile) -> Iterator[None]:
    """Let no input end an import: what a reader did not expect is a failure of this file alone."""
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
