"""Whether a source and a stored one begin alike: how a file that has grown is known again."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.branches import GoesOn
from hpm_engine.store.sources import Sources, StoredSource


def growth(source: SourceFile, sources: Sources) -> GoesOn:
    """Whether a source goes on from stored ones, each looked at once."""
    asked: dict[int | None, bool] = {None: False}

    def asks(source_id: int | None) -> bool:
        if source_id not in asked and source_id is not None:
            asked[source_id] = goes_on(source, sources.get(source_id))
        return asked[source_id]

    return asks


def prefix(source: SourceFile, sources: Sources) -> GoesOn:
    """Whether stored sources begin with all of a source, as far as they can still tell."""

    def asks(source_id: int | None) -> bool:
        if source_id is None or not sources.is_whole(source_id):
            return False
        return begins(sources, sources.get(source_id), source)

    return asks


def goes_on(source: SourceFile, old: StoredSource) -> bool:
    """Whether the source's bytes begin with all of the old ones."""
    if source.size < old.size:
        return False
    digest, left = sha256(), old.size
    for block in source.blocks():
        digest.update(block[:left])
        left -= len(block)
        if left <= 0:
            break
    return digest.hexdigest() == old.sha256


def begins(sources: Sources, stored: StoredSource, source: SourceFile) -> bool:
    """Whether what is stored begins with all of the source's bytes, or did before eviction."""
    if stored.size < source.size:
        return False
    if not sources.is_whole(stored.id):
        return True  # what was evicted does not come back by an earlier version of it
    digest = sha256()
    for block in sources.raw(stored.id, 0, source.size):
        digest.update(block)
    return digest.hexdigest() == source.sha256()
