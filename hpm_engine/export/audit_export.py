"""The export of the audit log to a file, with a row of its own in the log, and its proof."""

from __future__ import annotations

import io
import logging
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from hpm_engine.audit.action_names import ACTION_NAMES
from hpm_engine.audit.chain import iso_time
from hpm_engine.audit.export import row_line, write_rows
from hpm_engine.audit.signed_note import SignedNote
from hpm_engine.errors import BadQuery, HPMError
from hpm_engine.export.audit_proof import proof_lines, write_bundle
from hpm_engine.export.audit_report import ReportHead, write_report
from hpm_engine.export.hashed_stream import HashedStream
from hpm_engine.job import Job
from hpm_engine.store.audit_acts import AuditActs
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.settings import store_id
from hpm_engine.store.trail.signing import Signer
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import OutputFile, output_file
from hpm_engine.values.audit_acts import ExportedLog
from hpm_engine.values.reports import AuditFilter, AuditRow

_LOG = logging.getLogger(__name__)
_EVERYTHING = AuditFilter()
_PAGE = 2000  # rows read at a time
PROOF = ".proof.zip"


class AuditExporter:
    """Writes the log of a store to files; no lock is held while it does."""

    def __init__(self, database: Database, log: AuditLog, signer: Signer) -> None:
        self._db = database
        self._log = log
        self._signer = signer

    def export(
        self, destination: Path, format_: str, wanted: AuditFilter, job: Job, *, redacted: bool
    ) -> ExportedLog:
        """Write the rows, log that, sign the log, and write the proof beside the rows.

        Raises ``CannotWrite``, with no file left behind.
        """
        if redacted and format_ != "jsonl":
            raise BadQuery("Only jsonl is written without contents: choose --format jsonl.", 0)
        if format_ == "checkpoint":
            return self._checkpoint(destination)
        whole = wanted == _EVERYTHING
        beside = destination.with_name(destination.name + PROOF)
        with (
            work(_LOG, "export of the audit log") as counts,
            output_file(destination) as file,
            output_file(beside) as proof,
        ):
            counted = HashedStream(file.stream)
            seqs = array("q")
            with io.TextIOWrapper(cast("BinaryIO", counted), "utf-8", newline="") as text:
                rows = self._write(text, format_, wanted, seqs, job, redacted=redacted)
            digest = counted.digest.hexdigest()
            detail = {"format": format_, "rows": rows} | ({} if whole else {"filtered": True})
            detail |= {"redacted": True} if redacted else {}
            note, own, trouble = self._record(digest, detail, file)
            if note is not None:
                name = destination.name if format_ == "jsonl" else ""
                self._prove(proof.stream, note, seqs, own, name, job, redacted=redacted)
                proof.put()
                self._signer.keep(note)
            counts["rows"] = rows
        return ExportedLog(rows, digest, whole, str(beside) if note else "", trouble)

    def _record(
        self, digest: str, detail: dict[str, object], file: OutputFile
    ) -> tuple[SignedNote | None, int, str]:
        """The export's own row, with the file in its place, and the checkpoint that has it."""
        note, trouble = None, ""
        with self._db.writing():
            self._log.append("export", "audit", after=digest, detail=detail)
            own, _ = self._log.head()
            try:
                note = self._signer.sign_within()
            except HPMError as error:
                trouble = str(error)
            file.put()
        return note, own, trouble

    def _checkpoint(self, destination: Path) -> ExportedLog:
        note = self._signer.sign()
        with output_file(destination) as file:
            counted = HashedStream(file.stream)
            counted.write(note.text.encode())
            digest = counted.digest.hexdigest()
            with self._db.writing():
                detail = {"format": "checkpoint", "rows": note.point.rows}
                self._log.append("export", "audit", after=digest, detail=detail)
            file.put()
        return ExportedLog(note.point.rows, digest)

    def _write(
        self,
        text: TextIO,
        format_: str,
        wanted: AuditFilter,
        seqs: array[int],
        job: Job,
        *,
        redacted: bool,
    ) -> int:
        if format_ == "html":
            head = ReportHead(store_id(self._db), time.time_ns() // 1000, filter_words(wanted))
            with self._db.reading():
                seqs.extend(self._log.numbers(wanted))
                acts = AuditActs(self._db, self._log)
                return write_report(self._log, acts, wanted, head, text, job)

        def noted() -> Iterator[AuditRow]:
            for row in self._rows(wanted):
                seqs.append(row.seq)
                yield row

        return write_rows(noted(), text, format_, job, redacted=redacted)

    def _rows(self, wanted: AuditFilter) -> Iterator[AuditRow]:
        """The rows of a filter that were there at the beginning, a page at a time."""
        with self._db.reading():
            end, _ = self._log.head()
        after = 0
        while True:
            with self._db.reading():
                page = self._log.after(wanted, after, end, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].seq

    def _prove(
        self,
        stream: BinaryIO,
        note: SignedNote,
        seqs: array[int],
        own: int,
        name: str,
        job: Job,
        *,
        redacted: bool,
    ) -> None:
        seqs.append(own)

        def line(row: AuditRow) -> str:
            if name and row.seq != own:
                return f'{{"line":{row.seq}}}'
            return f'{{"row":{row_line(row, redacted=redacted)}}}'

        def rows() -> Iterator[AuditRow]:
            for start in range(0, len(seqs), _PAGE):
                part = list(seqs[start : start + _PAGE])
                if name:  # the file has them
                    yield from (_numbered(seq) for seq in part if seq != own)
                    part = [seq for seq in part if seq == own]
                with self._db.reading():
                    page = self._log.numbered(part) if part else []
                yield from page

        lines = proof_lines(self._log.tree, note, rows(), line=line, file=name, job=job)
        write_bundle(stream, lines, note)


def _numbered(seq: int) -> AuditRow:
    return AuditRow(seq, 0, "", "", "", "", "", "", "", "")


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
