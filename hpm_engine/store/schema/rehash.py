"""Whether stored texts and original bytes are still those that their SHA-256 was taken of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import zstandard

from hpm_engine.errors import DamagedStore, Evicted, NotFound
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import place_of
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import LARGEST

NAMED = 20  # damaged ones that are told one by one
_EPISODES = 3  # of a damaged file
_BLOCK = 1 << 20  # bytes of a text at a time


def damaged_texts(database: Database, job: Job) -> list[int]:
    """The ids of texts whose bytes have another SHA-256 than theirs, or cannot be unpacked.

    A text is unpacked and hashed by the megabyte. Raises ``Cancelled``.
    """
    total = database.value("SELECT count(*) FROM texts")
    decompressor = zstandard.ZstdDecompressor()
    damaged = []
    rows = database.execute("SELECT id, sha256, size, data FROM texts ORDER BY id")
    for done, (key, digest, size, data) in enumerate(rows):

        def look(done: int = done) -> None:
            job.step(done, total, "hashing texts", "texts")

        look()
        if _digest(data, size, decompressor, look) != digest:
            damaged.append(key)
    return damaged


def texts_told(database: Database, damaged: Sequence[int]) -> list[str]:
    """The problem with damaged texts, with the steps that they are the text of."""
    if not damaged:
        return []
    steps = _listed(_steps_of(database, damaged[:NAMED]), len(damaged))
    return [
        "Damaged texts (their SHA-256 is not the one that they were stored with):"
        f" {len(damaged):,}, of {steps}. Restore a backup; or write the file that such an episode"
        " came from (hpm raw STORE EPISODE -o FILE) and import it into a new store."
    ]


def _digest(
    data: bytes, size: int, decompressor: zstandard.ZstdDecompressor, look: Callable[[], None]
) -> bytes | None:
    """The SHA-256 of a text as packed by ``texts.pack``; ``None`` for what that never made."""
    digest, left = sha256(), size
    try:
        if size > LARGEST:
            return None
        for block in _blocks(data, size, decompressor):
            look()
            digest.update(block)
            left -= len(block)
            if left < 0:
                return None
    except (TypeError, ValueError, zstandard.ZstdError):
        return None
    return digest.digest() if left == 0 else None


def _blocks(data: bytes, size: int, decompressor: zstandard.ZstdDecompressor) -> Iterator[bytes]:
    if len(data) == size:
        yield data
    else:
        yield from decompressor.read_to_iter(data, write_size=_BLOCK)


def _steps_of(database: Database, text_ids: Sequence[int]) -> list[str]:
    marks = ",".join("?" * len(text_ids))
    rows = database.rows(
        "SELECT text_id, CAST(min(step_id) AS INTEGER), count(DISTINCT step_id) FROM parts"
        f" WHERE text_id IN ({marks}) GROUP BY 1",
        text_ids,
    )
    places = {key: (place_of(step), steps - 1) for key, step, steps in rows}
    names = []
    for key in text_ids:
        if key not in places:
            names.append(f"no step (text {key})")
            continue
        (episode, seq), more = places[key]
        also = f" and of {more:,} more" if more else ""
        names.append(f"episode {episode}, step {seq + 1}{also}")
    return names


def damaged_originals(database: Database, job: Job) -> list[str]:
    """The problem with files whose original bytes have another SHA-256; evicted ones are left out.

    Raises ``Cancelled``.
    """
    damaged = damaged_sources(database, job)
    if not damaged:
        return []
    named = [f"{path} ({_episodes_of(database, key)})" for key, path in damaged[:NAMED]]
    return [
        "Files with damaged original bytes (their SHA-256 is not the one that they were imported"
        f" with): {len(damaged):,}, {_listed(named, len(damaged))}. Restore a backup; or import"
        " such a file into a new store, if you still have it."
    ]


def damaged_sources(database: Database, job: Job) -> list[tuple[int, str]]:
    """Those files: number and path. Raises ``Cancelled``."""
    sources, damaged, done = Sources(database), [], 0
    rows = database.rows("SELECT id, path, size, sha256 FROM sources ORDER BY id")
    total = sum(size for _, _, size, _ in rows if isinstance(size, int)) >> 20
    for key, path, _, digest in rows:
        if not sources.is_whole(key):
            continue
        whole, sound = sha256(), isinstance(digest, bytes)
        try:
            for block in sources.raw(key) if sound else ():
                job.step(done >> 20, total, "hashing original bytes", "MB")
                whole.update(block)
                done += len(block)
        except (DamagedStore, Evicted, NotFound, TypeError, ValueError):
            sound = False
        if not sound or whole.digest() != digest:
            damaged.append((key, path))
    return damaged


def _episodes_of(database: Database, source_id: int) -> str:
    sql = "SELECT id FROM episodes WHERE source_id = ? ORDER BY id"
    ids = [key for (key,) in database.rows(sql, (source_id,))]
    if not ids:
        return "no episode"
    more = f" and {len(ids) - _EPISODES:,} more" if len(ids) > _EPISODES else ""
    return f"episode {', '.join(map(str, ids[:_EPISODES]))}{more}"


def _listed(names: Sequence[str], count: int) -> str:
    more = f"; and {count - len(names):,} more" if count > len(names) else ""
    return "; ".join(names) + more
