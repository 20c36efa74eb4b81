"""Rows of the audit log as they are exported, and the hash that they had in earlier versions.

A row's hash was SHA-256 over the canonical JSON of the row without its own hash: keys sorted, no
spaces, UTF-8, ``detail`` as an object, ``previous`` the hash of the row before. Rows written since
are hashed as they are stored (``hpm_engine.audit.canonical``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from hpm_engine.values.reports import AuditRow

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
    """The row as it was exported and hashed (with ``hash``)."""
    return plain_fields(row) | {"detail": _detail(row.detail)}


def plain_fields(row: AuditRow) -> dict[str, Any]:
    """What every export has of a row; its detail is told in one way or another."""
    return {
        "seq": row.seq,
        "at": iso_time(row.at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
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
    """The hash that a row from before there was a tree must have."""
    fields = row_fields(row)
    del fields["hash"]
    return sha256(canonical_json(fields).encode()).hexdigest()
