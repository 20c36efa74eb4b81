"""Writing what the store holds into other files, each export with its audit row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from hpm_engine.audit.export import write_rows
from hpm_engine.errors import CannotWrite
from hpm_engine.job import Job
from hpm_engine.reports import AuditFilter
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database


def export_audit(
    db: Database,
    log: AuditLog,
    destination: Path,
    format_: str,
    wanted: AuditFilter,
    job: Job | None,
) -> int:
    """Write the log to a file; how many rows. Raises ``CannotWrite``, with no file left behind."""
    with replacing(destination) as partial, db.writing():
        with partial.open("w", encoding="utf-8", newline="") as stream:
            rows = write_rows(log.walk(wanted), stream, format_, job)
            stream.flush()
            os.fsync(stream.fileno())
        digest = sha256(partial.read_bytes()).hexdigest()
        log.append("export", "audit", after=digest, detail={"format": format_, "rows": rows})
        partial.replace(destination)
    return rows


@contextmanager
def replacing(destination: Path) -> Iterator[Path]:
    """A file beside ``destination`` to be written first and moved there when it is whole."""
    partial = destination.with_name(destination.name + ".part")
    try:
        yield partial
    except OSError as error:
        raise CannotWrite(
            f"{destination}: cannot be written ({error.strerror}). Choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
