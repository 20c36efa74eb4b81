"""The log held against what was signed: checkpoints in the store, on this machine, in a file."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from hpm_engine.audit.signed_note import ORIGIN, PublicKey, SignedNote, read_key, read_note
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.trail.checking import store_id_of, verify_log
from hpm_engine.store.trail.keys import is_signed_by, known_key, remembered
from hpm_engine.store.trail.tree import AuditTree
from hpm_engine.values.audit_acts import Verification


def signer(note: SignedNote) -> PublicKey | None:
    """The key that a checkpoint says is its signer's, where its signature is valid."""
    try:
        key = read_key(note.point.said("key"))
    except ValueError:
        return None
    return key if is_signed_by(note, key) else None


def verify_signed(
    database: Database, job: Job, against: SignedNote | None = None, *, kept: bool = True
) -> Verification:
    """Verify the whole log, and every checkpoint of it that can be had."""
    stored = database.rows("SELECT rows, note FROM audit_checkpoints ORDER BY rows")
    is_copy = bool(database.value("SELECT count(*) FROM backup_mark"))
    known = remembered(store_id_of(database)) if kept and not is_copy else None
    asked = {rows for rows, _ in stored if isinstance(rows, int)}
    asked |= {note.point.rows for note in (known, against) if note is not None}
    verification, roots = verify_log(database, job, frozenset(asked))
    check = _Witness(database, roots)
    if verification.broken_at is None:
        verification = check.stored(verification, stored)
    if against is not None and (fault := check.other(against, "The checkpoint given")):
        verification = _broken(verification, min(against.point.rows, verification.rows + 1), fault)
    elif known is not None and (fault := check.other(known, "A checkpoint that this machine kept")):
        verification = _broken(verification, min(known.point.rows, verification.rows + 1), fault)
    return verification


class _Witness:
    def __init__(self, database: Database, roots: dict[int, str]) -> None:
        self._roots = roots
        self._origin = ORIGIN + store_id_of(database)
        self._head = AuditTree(database).head()

    def stored(self, verification: Verification, rows: list[Any]) -> Verification:
        """Each checkpoint in the store: its root, its signature, and the one before it."""
        before: SignedNote | None = None
        for count, text in rows:
            fault = ""
            try:
                note = read_note(text)
            except (ValueError, TypeError, AttributeError):
                reason = f"the checkpoint of row {count} was changed: it is none any more"
                return _broken(verification, count, reason)
            if note.point.rows != count or note.point.origin != self._origin:
                fault = f"the checkpoint of row {count} is another log's or another row's"
            elif signer(note) is None:
                fault = f"the checkpoint of row {count} has no valid signature"
            elif note.point.said("before") != (before.digest if before else ""):
                fault = f"the checkpoint before that of row {count} is gone, or was changed"
            elif self._roots.get(count) != note.point.root.hex():
                fault = f"the first {count} rows are not those that were signed"
            if fault:
                return _broken(verification, count, fault)
            before = note
        if self._head is not None and self._head.checkpoints != len(rows):
            last = rows[-1][0] if rows else 0
            return _broken(verification, last, f"a checkpoint after row {last} was taken away")
        if before is None:
            return verification
        key, own = signer(before), known_key()
        return structs.replace(
            verification,
            signed=before.point.rows,
            signed_at=before.point.said("time"),
            key=key.text if key else "",
            own_key=key is not None and key == own,
        )

    def other(self, note: SignedNote, what: str) -> str:
        """Whether a checkpoint from elsewhere is of a beginning of this log; else what is wrong."""
        point, when = note.point, note.point.said("time") or "at some time"
        if point.origin != self._origin:
            return f"{what} is of another store's log"
        if signer(note) is None:
            return f"{what} has no valid signature"
        if point.rows not in self._roots:
            return (
                f"{what} ({when}) is of {point.rows} rows, which this log does not have: it was "
                "cut, put back to an earlier state, or another copy of it went on"
            )
        if self._roots[point.rows] != point.root.hex():
            return (
                f"{what} ({when}) is of other rows: the log was written anew, or another copy of "
                "it went on"
            )
        return ""


def _broken(verification: Verification, row: int, reason: str) -> Verification:
    if verification.broken_at is not None:
        return verification  # what is wrong in the log itself says more
    return structs.replace(verification, broken_at=max(1, row), reason=reason)
