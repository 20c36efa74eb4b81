"""Files whose bytes a store has whole, found by path and by digest."""

from __future__ import annotations

import msgspec

from hpm_engine.store.file.database import Database

_SQL = """SELECT s.path, s.size, s.modified_at, lower(hex(s.sha256)),
  (SELECT min(e.id) FROM episodes e WHERE e.source_id = s.id)
  FROM sources s WHERE s.state = 'imported' AND s.id NOT IN
  (SELECT r.source_id FROM raw_chunks r WHERE r.size > 0 AND r.data = x'')
  ORDER BY s.imported_at"""


class KeptFile(msgspec.Struct, frozen=True):
    """A file as it was imported: bytes, Unix microseconds, SHA-256 in lower-case hex."""

    path: str
    size: int
    modified_at: int | None
    sha256: str
    episode_id: int | None


class KeptFiles:
    """The files whose original bytes were all in the store at one moment."""

    def __init__(self, database: Database) -> None:
        with database.reading():
            files = [KeptFile(*row) for row in database.rows(_SQL)]
        self._by_path = {file.path: file for file in files}
        self._by_digest = {file.sha256: file for file in files}

    def at(self, path: str) -> KeptFile | None:
        """The latest state of the file that was imported from ``path``."""
        return self._by_path.get(path)

    def with_digest(self, sha256: str) -> KeptFile | None:
        """A file with these bytes, wherever it was imported from."""
        return self._by_digest.get(sha256)
