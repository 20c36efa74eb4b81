"""The export of the audit log to a file, with a row of its own in the log."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import BinaryIO, cast

from hpm_engine.audit.export import write_rows
from hpm_engine.export.hashed_stream import HashedStream
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import output_file
from hpm_engine.values.reports import AuditFilter, ExportedLog

_LOG = logging.getLogger(__name__)


def export_audit(
    db: Database,
    log: AuditLog,
    destination: Path,
    format_: str,
    wanted: AuditFilter,
    job: Job | None,
) -> ExportedLog:
    """Write the log to a file. Raises ``CannotWrite``, with no file left behind."""
    with (
        work(_LOG, "export of the audit log") as counts,
        output_file(destination) as file,
        db.writing(),
    ):
        counted = HashedStream(file.stream)
        with io.TextIOWrapper(cast("BinaryIO", counted), "utf-8", newline="") as text:
            rows = write_rows(log.walk(wanted), text, format_, job)
        digest = counted.digest.hexdigest()
        log.append("export", "audit", after=digest, detail={"format": format_, "rows": rows})
        file.put()
        counts["rows"] = rows
    return ExportedLog(rows, digest)
