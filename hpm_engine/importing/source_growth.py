"""Comparisons of a source with stored ones, which recognise a file that has grown."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.branches import GoesOn
from hpm_engine.store.sources import Sources, StoredSource


def growth(source: SourceFile, sources: Sources) -> GoesOn:
    """A function that tells whether a source continues a stored one, with a cache."""
    asked: dict[int | None, bool] = {None: False}

    def asks(source_id: int | None) -> bool:
        if source_id not in asked and source_id is not None:
            asked[source_id] = _is_longer(source, sources.get(source_id))
        return asked[source_id]

    return asks


def prefix(source: SourceFile, sources: Sources) -> GoesOn:
    """A function that tells whether a stored source begins with all of a source."""

    def asks(source_id: int | None) -> bool:
        if source_id is None or not sources.is_whole(source_id):
            return False
        return begins(sources, sources.get(source_id), source)

    return asks


def _is_longer(source: SourceFile, old: StoredSource) -> bool:
    """Whether the file goes on from the old one, however secrets were treated in either."""
    if goes_on(source, old):
        return True
    read = source if source.as_read is None else source.as_read
    if old.read_sha256:
        return _begins_with(read, old.read_size, old.read_sha256)
    return read is not source and goes_on(read, old)


def goes_on(source: SourceFile, old: StoredSource) -> bool:
    """Whether the source's bytes begin with all of the old ones, as they are kept."""
    return _begins_with(source, old.size, old.sha256)


def _begins_with(source: SourceFile, size: int, expected: str) -> bool:
    if source.size < size:
        return False
    digest, left = sha256(), size
    for block in source.blocks():
        digest.update(block[:left])
        left -= len(block)
        if left <= 0:
            break
    return digest.hexdigest() == expected


def begins(sources: Sources, stored: StoredSource, source: SourceFile) -> bool:
    """Whether the stored bytes begin with all of the source's, or did before eviction."""
    if stored.size < source.size:
        return False
    if source.as_read is not None and not stored.read_sha256:
        return begins(sources, stored, source.as_read)
    if not sources.is_whole(stored.id):
        return True  # an earlier version of a source does not bring evicted text back
    digest = sha256()
    for block in sources.raw(stored.id, 0, source.size):
        digest.update(block)
    return digest.hexdigest() == source.sha256()
