"""Identifiers of episodes that tell what later episodes of their project may need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import zstandard

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion

_LEVEL = 3
_LARGEST = 1 << 26


class EpisodeWords(msgspec.Struct, frozen=True, array_like=True):
    """The distinct identifiers in an episode's changes, in its task, and in its actions."""

    needed: tuple[str, ...]
    asked: tuple[str, ...]
    acted: tuple[str, ...]


class WordRows:
    """Episodes' identifiers. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def missing(self, projects: Sequence[str], limit: int = -1) -> list[tuple[int, bytes]]:
        """Episodes of projects whose present state was not read for words yet: id, digest."""
        marks = ",".join("?" * len(projects))
        return self._db.rows(
            "SELECT e.id, e.digest FROM episodes e LEFT JOIN episode_words w ON"
            f" w.episode_id = e.id WHERE e.project IN ({marks}) AND w.digest IS NOT e.digest"
            " ORDER BY e.id LIMIT ?",
            (*projects, limit),
        )

    def put(self, episode_id: int, digest: bytes, words: EpisodeWords) -> None:
        """Keep an episode's words in place of what an earlier state of it had."""
        data = zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(words))
        sql = insertion("episode_words", ("episode_id", "digest", "data"), "INSERT OR REPLACE")
        self._db.execute(sql, (episode_id, digest, data))

    def of_project(self, project: str) -> Iterator[tuple[int, EpisodeWords]]:
        """A project's episodes in the order of their beginning, with their words."""
        rows = self._db.rows(
            "SELECT e.id, w.data FROM episodes e JOIN episode_words w ON w.episode_id = e.id"
            " WHERE e.project = ? ORDER BY e.started_at, e.id",
            (project,),
        )
        unpacker = zstandard.ZstdDecompressor()
        decoder = msgspec.msgpack.Decoder(EpisodeWords)
        for key, data in rows:
            with self._db.decoding("words of episodes"):
                text = unpacker.decompress(data, max_output_size=_LARGEST)
                words = decoder.decode(text)
            yield key, words
