"""The memory on disk and everything that can be done with it: the engine's one facade."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpm_engine.adaptation.adaptation import Adaptation
from hpm_engine.errors import HPMError
from hpm_engine.facade.audit import Audit
from hpm_engine.facade.backups import KnownBackups
from hpm_engine.facade.checkpoints import Checkpoints
from hpm_engine.facade.chosen import ChosenFolders
from hpm_engine.facade.episodes import Episodes
from hpm_engine.facade.figures import StoreFigures
from hpm_engine.facade.internals import internals_of
from hpm_engine.facade.marks import PersonMarks
from hpm_engine.facade.memory_notes import MemoryNotes
from hpm_engine.facade.notes import EpisodeNotes
from hpm_engine.facade.originals import EpisodeOriginals
from hpm_engine.facade.proposals import Proposals
from hpm_engine.facade.quarantine import Quarantine
from hpm_engine.facade.recall import StoreRecall
from hpm_engine.facade.reindexing import SearchReindexing
from hpm_engine.facade.searches import KeptSearches
from hpm_engine.facade.secrets import StoreSecrets
from hpm_engine.facade.settings import StoreSettings
from hpm_engine.facade.steps import EpisodeSteps
from hpm_engine.facade.trash import Trash
from hpm_engine.facade.visibility import VisibilityRules
from hpm_engine.importing.imported_sources import ImportedSources
from hpm_engine.job import Job
from hpm_engine.store.erasure.erasures import ErasureRows
from hpm_engine.store.file.failures import in_words
from hpm_engine.store.schema.upgrade import open_database
from hpm_engine.values.reports import EncodeReport, FileReport, ImportReport

if TYPE_CHECKING:
    from hpm_engine.compressor.tier import CompressedTier
    from hpm_engine.consolidator.tier import ConsolidatedTier
    from hpm_engine.encoder.protocol import StepEncoder
    from hpm_engine.erasure.service import Erasure
    from hpm_engine.lookup.service import Lookups
    from hpm_engine.replay.service import ReplayRecall
    from hpm_engine.restoring.service import SessionRestoring

_LOG = logging.getLogger(__name__)


class Memory(AbstractContextManager["Memory"]):
    """One open store. Calls block; one thread at a time, the one that opened it.

    What can be asked of it stands in groups: ``memory.episodes.find(…)``,
    ``memory.recall.ask(…)``, ``memory.audit.page(…)``. Every method may raise ``HPMError``: its
    text is meant for the person. A write that raises has changed nothing.
    """

    def __init__(
        self, path: Path, *, read_only: bool, create: bool, actor: str, sign: bool = True
    ) -> None:
        self.path, self.read_only = path, read_only
        self._sign = sign
        opened = open_database(path, read_only=read_only, create=create, actor=actor)
        database, self.upgrade = opened
        self.internals = internals_of(database, actor)
        self.episodes = Episodes(self.internals)
        self.steps = EpisodeSteps(self.internals)
        self.originals = EpisodeOriginals(self.internals)
        self.marks = PersonMarks(self.internals)
        self.notes = EpisodeNotes(self.internals)
        self.memory_notes = MemoryNotes(self.internals)
        self.proposals = Proposals(self.internals)
        self.audit = Audit(self.internals)
        self.recall = StoreRecall(self.internals)
        self.figures = StoreFigures(self.internals)
        self.settings = StoreSettings(self.internals)
        self.searches = KeptSearches(self.internals)
        self.secrets = StoreSecrets(self.internals)
        self.visibility = VisibilityRules(self.internals)
        self.reindexing = SearchReindexing(self.internals)
        self.checkpoints = Checkpoints(self.internals)
        self.chosen = ChosenFolders(self.internals)
        self.backups = KnownBackups(self.internals)
        self.trash = Trash(self.internals)
        self.quarantine = Quarantine(self.internals)
        self.sources = ImportedSources(database, self.internals.log)
        self.adaptation = Adaptation(database, self.internals.log)
        try:
            if not read_only and ErasureRows(database, self.internals.log).under_way():
                self._finish_erasure()
        except database.driver.DatabaseError as error:
            database.close()
            raise in_words(path, str(error)) from error
        except BaseException:
            database.close()
            raise

    @property
    def lookup(self) -> Lookups:
        """Earlier sessions asked: ``blame`` a file, ``fix`` an error, ``how`` a tool works."""
        return self.internals.lookups

    @cached_property
    def replay(self) -> ReplayRecall:
        """Past sessions asked again as they began: ``run``."""
        from hpm_engine.replay.service import ReplayRecall

        own = self.internals
        return ReplayRecall(own.database, own.recall, own.episodes, own.steps)

    @cached_property
    def compression(self) -> CompressedTier:
        """Tier 2: ``compress``, ``preview``, ``read`` and ``restore`` of episodes."""
        from hpm_engine.compressor.tier import CompressedTier

        own = self.internals
        return CompressedTier(own.database, own.log, own.episodes, own.steps)

    @cached_property
    def consolidation(self) -> ConsolidatedTier:
        """Tier 3: prototypes, and the cycles that make them: ``run``, ``preview``, ``undo``."""
        from hpm_engine.consolidator.tier import ConsolidatedTier

        own = self.internals
        return ConsolidatedTier(own.database, own.log, own.steps)

    @cached_property
    def erasure(self) -> Erasure:
        """What is to be gone from every byte: ``preview``, ``run``, ``finish``."""
        from hpm_engine.erasure.service import Erasure

        own = self.internals
        return Erasure(own.database, own.log, own.steps)

    @cached_property
    def restoring(self) -> SessionRestoring:
        """Sessions given back to their agents: ``plan``, ``restore``, ``countdown``."""
        from hpm_engine.restoring.service import SessionRestoring

        own = self.internals
        return SessionRestoring(own.database, own.log, own.episodes, own.steps, own.sources)

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        base: Path | None = None,
        job: Job | None = None,
        acknowledge: Callable[[FileReport], None] | None = None,
        again: bool = False,
    ) -> ImportReport:
        """Import files, folders and archives; what the store has already is left alone.

        Sources are remembered by their path, seen from ``base`` where that is given.
        ``again`` lets sessions come back that were erased.
        ``acknowledge`` receives each file's ``FileReport`` once it is safe on disk; bad ones too.
        Raises ``Cancelled`` with the batches before it kept.
        """
        # Readers are no part of opening a window.
        from hpm_engine.importing.importer import Importer

        importer = Importer(self.internals.database, self.internals.log, base, again=again)
        return importer.run(paths, job or Job(), acknowledge or (lambda report: None))

    def encode(self, job: Job | None = None, encoder: StepEncoder | None = None) -> EncodeReport:
        """Give its vectors to what lacks them, by default by the shipped encoder; index them.

        Only what is missing is done. Raises ``Cancelled`` with the batches before it kept.
        """
        from hpm_engine.encoding.steps import encode_and_index  # numpy: 0.1 s

        own = self.internals
        return encode_and_index(own.database, own.log, own.steps, job or Job(), encoder)

    def _finish_erasure(self) -> None:
        """Go on with an erasure that was broken off, if no other program is at it."""
        try:
            reports = self.erasure.finish()
        except HPMError:
            _LOG.warning("an erasure is not finished yet: close other windows on the store")
            return
        if all(report.wiped for report in reports):
            _LOG.warning("an erasure that was broken off is finished: the bytes are gone")

    def trouble(self) -> str:
        """What happened to the file since it was opened, and the remedy; empty if nothing did."""
        return self.internals.database.trouble()

    def version(self) -> int:
        """A number that is another one once another connection has changed the store."""
        return int(self.internals.database.pragma("data_version"))

    def interrupt(self) -> None:
        """Stop the call under way, which raises ``Cancelled`` soon; from any thread."""
        self.internals.database.interrupt()

    def spare(self, destination: Path) -> None:
        """Raise ``CannotWrite`` if writing to a file would replace the store itself."""
        self.internals.spare(destination)

    def close(self) -> None:
        """Close the store; what was added to its log is signed, if it can be."""
        if self._sign and self.internals.database.logged:
            self.internals.signer.sign_quietly()
        self.internals.database.close()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Close the store; what SQLite said of its file is raised in words."""
        self.close()
        driver = self.internals.database.driver
        if isinstance(error, driver.DatabaseError):
            raise in_words(self.path, str(error)) from error


def open_memory(
    path: str | os.PathLike[str],
    *,
    read_only: bool = False,
    create: bool = False,
    actor: str = "person",
    sign: bool = True,
) -> Memory:
    """Open the store at ``path``; ``actor`` is who the audit log says made the changes.

    Without ``sign`` closing it leaves what was added to the log to be signed by the next program
    that adds to it: loading what signs takes 30 ms and 9 MB, which an agent would wait for.

    Raises ``NotAStore``, ``NewerStore``, ``DamagedStore``, ``ReadOnlyStore``, ``StoreMissing`` or
    ``StoreBusy``, all of them ``CannotOpen``, each with the remedy; the file stays as it is.
    """
    return Memory(Path(path), read_only=read_only, create=create, actor=actor, sign=sign)
