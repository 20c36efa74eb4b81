"""The export of the audit log to a file, with a row of its own in the log."""

from __future__ import annotations

import io
import json
import logging
import time
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from hpm_engine.audit.action_names import ACTION_NAMES
from hpm_engine.audit.chain import iso_time
from hpm_engine.audit.export import write_rows
from hpm_engine.export.audit_report import ReportHead, write_report
from hpm_engine.export.hashed_stream import HashedStream
from hpm_engine.job import Job
from hpm_engine.store.audit_acts import AuditActs
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.settings import store_id
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import output_file
from hpm_engine.values.audit_acts import ExportedLog
from hpm_engine.values.reports import AuditFilter

_LOG = logging.getLogger(__name__)
_EVERYTHING = AuditFilter()
_CHECKPOINT = (
    "How long the log was and the hash of its last row. A later export as JSON lines, or the store"
    " itself, whose row of that number has another hash was rewritten since; one that has fewer"
    " rows was cut. Keep this where whoever can write to the store cannot write."
)


def export_audit(
    db: Database,
    log: AuditLog,
    destination: Path,
    format_: str,
    wanted: AuditFilter,
    job: Job | None,
) -> ExportedLog:
    """Write the log to a file. Raises ``CannotWrite``, with no file left behind."""
    whole = wanted == _EVERYTHING or format_ == "checkpoint"
    with (
        work(_LOG, "export of the audit log") as counts,
        output_file(destination) as file,
        db.writing(),
    ):
        counted = HashedStream(file.stream)
        with io.TextIOWrapper(cast("BinaryIO", counted), "utf-8", newline="") as text:
            rows = _write(db, log, text, format_, wanted, job or Job())
        digest = counted.digest.hexdigest()
        detail = {"format": format_, "rows": rows} | ({} if whole else {"filtered": True})
        log.append("export", "audit", after=digest, detail=detail)
        file.put()
        counts["rows"] = rows
    return ExportedLog(rows, digest, whole)


def _write(
    db: Database, log: AuditLog, text: TextIO, format_: str, wanted: AuditFilter, job: Job
) -> int:
    now = time.time_ns() // 1000
    if format_ == "html":
        head = ReportHead(store_id(db), now, filter_words(wanted))
        return write_report(log, AuditActs(db, log), wanted, head, text, job)
    if format_ == "checkpoint":
        rows, digest = log.head()
        point = {"store": store_id(db), "at": iso_time(now), "rows": rows, "head": digest}
        text.write(json.dumps(point | {"about": _CHECKPOINT}, indent=2) + "\n")
        return rows
    return write_rows(log.walk(wanted), text, format_, job)


def filter_words(wanted: AuditFilter) -> tuple[tuple[str, str], ...]:
    """What a filter lets through, in words."""
    words = {
        "From": None if wanted.since is None else iso_time(wanted.since),
        "Before": None if wanted.until is None else iso_time(wanted.until),
        "Only by": wanted.actor,
        "Only": ACTION_NAMES.get(wanted.action, wanted.action),
        "Only of": None if wanted.episode_id is None else f"episode {wanted.episode_id}",
        "Only of episodes": wanted.title.strip(),
        "Only with": wanted.text.strip(),
    }
    return tuple((name, value) for name, value in words.items() if value)
