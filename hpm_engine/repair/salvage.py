"""What can still be read of a damaged store, written into a new one."""

from __future__ import annotations

import logging
import os
from contextlib import closing, suppress
from pathlib import Path

from hpm_engine.derived.service import make_all
from hpm_engine.errors import CannotWrite
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.file_place import SIDE_FILES, beside, file_at
from hpm_engine.store.file.seal import keyring
from hpm_engine.store.salvage.filling import SalvagedContent
from hpm_engine.store.settings import store_id
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import sync_folder
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.safety.repairs import SalvageReport

_LOG = logging.getLogger(__name__)
_NAMED = 1_000  # lost things that are told one by one


def salvage(
    damaged: Path, new: Path, job: Job | None = None, *, actor: str = "person"
) -> SalvageReport:
    """Write what a damaged store still holds into a new one; the damaged file stays as it is.

    The new store has an id and a log of its own, which begins with what it is; what could be read
    of the other log is kept beside it.

    Raises:
        CannotOpen: not even the first page can be read.
        CannotWrite: there is something at ``new``, or it cannot be written; nothing is left there.
        Cancelled: asked to stop; nothing is left there.
    """
    job = job or Job()
    if os.path.lexists(new):
        raise CannotWrite(f"{new}: there is something already. Name a new file.")
    part = unfinished(new)
    try:
        with work(_LOG, "salvage") as counts:
            report = _salvaged(damaged, part, new, job, actor)
            counts["episodes"] = report.episodes
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.link(part, new)
        sync_folder(new.parent)
    except OSError as error:
        raise CannotWrite(f"{new}: cannot be written ({error.strerror or error}).") from error
    finally:
        for path in (part, *(beside(part, ending) for ending in (*SIDE_FILES, "-journal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return report


def _salvaged(damaged: Path, part: Path, new: Path, job: Job, actor: str) -> SalvageReport:
    with (
        closing(Database(damaged, read_only=True, create=False)) as old,
        keyring.made_with(file_at(part), old.seal),
        open_memory(part, create=True, actor=actor) as memory,
    ):
        old.connection.text_factory = lambda data: data.decode("utf-8", "replace")
        own = memory.internals
        with own.database.writing():
            filling = SalvagedContent(old, own.database, job)
            filling.fill()
            stats = memory.figures.stats()
            notes = filling.count("notes") + filling.count("memory_notes")
            own.log.append(
                "salvage",
                "store",
                detail={
                    "of": _id_of(old),
                    "episodes": stats.episodes,
                    "steps": stats.steps,
                    "log_rows": filling.count("earlier_log"),
                    "lost": dict(filling.counts),
                },
            )
        make_all(own.database, job)
        report = SalvageReport(
            path=str(new),
            episodes=stats.episodes,
            steps=stats.steps,
            texts=filling.count("texts"),
            notes=notes,
            log_rows=filling.count("earlier_log"),
            lost=tuple(filling.lost[:_NAMED]),
            lost_counts=tuple(filling.counts.most_common()),
        )
        own.database.pragma("journal_mode = DELETE")
    return report


def _id_of(database: Database) -> str:
    try:
        return store_id(database)
    except database.driver.Error:
        return ""
