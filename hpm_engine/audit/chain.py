"""The hash chain of the audit log, so that an outsider can recompute it.

A row's hash is SHA-256 over the canonical JSON of the row without its own hash: keys sorted, no
spaces, UTF-8, ``detail`` as an object, ``previous`` the hash of the row before. The chain shows
edits, deletions and reordering inside the log; it cannot show that somebody with the file
rewrote all of it, nor that its last rows were cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from hpm_engine.job import Job
from hpm_engine.values.reports import AuditRow, Verification

GENESIS = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def canonical_json(value: Any) -> str:
    """JSON with one spelling for one value (RFC 8785 for the strings and integers used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def iso_time(microseconds_: int) -> str:
    """UTC as ``2026-01-31T23:59:59.000001Z``: sorts as text."""
    moment = _EPOCH + timedelta(microseconds=microseconds_)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def microseconds(iso: str) -> int:
    """The inverse of ``iso_time``."""
    moment = datetime.fromisoformat(iso)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def row_fields(row: AuditRow) -> dict[str, Any]:
    """The row as it is exported and hashed (with ``hash``)."""
    return {
        "seq": row.seq,
        "at": iso_time(row.at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "detail": _detail(row.detail),
        "previous": row.previous,
        "hash": row.hash,
    }


def _detail(text: str) -> Any:
    """The detail as an object; as it stands where somebody made it into no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def row_hash(row: AuditRow) -> str:
    """The hash that the row must have."""
    fields = row_fields(row)
    del fields["hash"]
    return sha256(canonical_json(fields).encode()).hexdigest()


def verify(rows: Iterable[AuditRow], job: Job | None = None) -> Verification:
    """Whether every row fits the one before; stops at the first that does not."""
    job = job or Job()
    previous, seq = GENESIS, 0
    for row in rows:
        job.step(seq, note="verifying the log", unit="rows")
        reason = ""
        if row.seq != seq + 1:
            reason = f"row {seq + 1} is missing: row {row.seq} follows row {seq}"
        elif row.previous != previous:
            reason = f"row {row.seq} does not follow from row {seq}: its link is another"
        elif row_hash(row) != row.hash:
            reason = f"row {row.seq} was changed after it was written"
        if reason:
            return Verification(rows=seq, head=previous, broken_at=seq + 1, reason=reason)
        previous, seq = row.hash, row.seq
    return Verification(rows=seq, head=previous, broken_at=None, reason="")
