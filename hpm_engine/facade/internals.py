"""What the engine itself needs of an open store: its rows, its log, its searches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpm_engine.errors import CannotWrite
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.finding import Finder
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import Texts

if TYPE_CHECKING:
    from hpm_engine.lookup.service import Lookups
    from hpm_engine.recall.service import RecallService
    from hpm_engine.store.trail.signing import Signer


SIGN_EVERY = 10_000  # rows that are added while a store is open


@dataclass(frozen=True)
class Internals:
    """The parts of one open store that its groups share.

    ``Memory.internals`` hands them to the engine's own benchmarks, its backup and tests. They
    change with the engine, speak SQL, and are not exported: the window and the command line
    never touch them.
    """

    database: Database
    log: AuditLog
    episodes: EpisodeRows
    steps: StepRows
    sources: Sources
    finder: Finder

    @cached_property
    def recall(self) -> RecallService:
        """What ranks episodes for a cue, with what it has loaded so far."""
        from hpm_engine.recall.service import RecallService  # numpy: 0.1 s

        return RecallService(self.database, self.log, self.episodes, self.steps)

    @cached_property
    def signer(self) -> Signer:
        """What signs the log."""
        from hpm_engine.store.trail.signing import Signer  # nothing that opening needs

        return Signer(self.database, self.log)

    @cached_property
    def lookups(self) -> Lookups:
        """What answers ``blame:``, ``fix:`` and ``how:``."""
        from hpm_engine.lookup.service import Lookups

        return Lookups(self.database, self.steps)

    def spare(self, destination: Path) -> None:
        """Raise ``CannotWrite`` if writing to a file would replace the store itself."""
        if destination.exists() and any(map(destination.samefile, self.database.files())):
            raise CannotWrite(f"{destination}: is the store itself. Choose another place.")


def internals_of(database: Database, actor: str) -> Internals:
    """The parts of a store that was just opened; ``actor`` is who the log says makes changes."""
    texts = Texts(database)
    internals = Internals(
        database,
        AuditLog(database, actor),
        EpisodeRows(database),
        StepRows(database, texts, SearchIndex(database)),
        Sources(database),
        Finder(database, texts),
    )

    def sign_many() -> None:
        if database.logged >= SIGN_EVERY:
            internals.signer.sign_many()

    internals.log.before_commit = sign_many
    internals.finder.lookup = lambda asked, among, job: internals.lookups.step_ids(
        asked, among, job
    )
    internals.finder.near = lambda text, among: internals.recall.near(text, among)
    return internals
