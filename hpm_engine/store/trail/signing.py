"""Checkpoints of a store's log: signed when rows were added, kept in it and on this machine."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from hpm_engine.audit.chain import iso_time
from hpm_engine.audit.signed_note import ORIGIN, LogPoint, SignedNote, read_note
from hpm_engine.errors import HPMError
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import BUSY_TIMEOUT_MS, Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.trail.keys import remember, remembered, signing_key

_LOG = logging.getLogger(__name__)


class Signer:
    """Signs the log of one store. ``trouble`` is why it could not, last of all."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db = database
        self._log = log
        self.trouble = ""

    def last(self) -> SignedNote | None:
        """The last checkpoint that the store holds, where it can be read."""
        notes = self._db.rows("SELECT note FROM audit_checkpoints ORDER BY rows DESC LIMIT 1")
        try:
            return read_note(notes[0][0]) if notes else None
        except (ValueError, TypeError, AttributeError):
            return None

    def sign(self) -> SignedNote:
        """A checkpoint of the log as it is now; the last one where no row came since.

        Raises ``HPMError`` in words, with the log as it was.
        """
        with self._db.writing():
            note = self.sign_within()
        self.keep(note)
        return note

    def sign_within(self) -> SignedNote:
        """The same inside the caller's transaction; ``keep`` it once that is committed."""
        key = signing_key()
        self._log.tree.settle()
        head, last = self._log.tree.head(), self.last()
        if head is None:
            raise HPMError(f"{self._db.path}: the log cannot be signed, as its count is gone.")
        if last and (last.point.rows, last.point.root) == (head.rows, head.root):
            return last
        more = [f"time {iso_time(time.time_ns() // 1000)}", f"key {key.public.text}"]
        more += [f"before {last.digest}"] if last else []
        point = LogPoint(ORIGIN + head.store, head.rows, head.root, tuple(more))
        note = SignedNote(point, (key.sign(point.text),))
        self._db.execute(insertion("audit_checkpoints", ("rows", "note")), (head.rows, note.text))
        self._db.execute("UPDATE audit_head SET checkpoints = checkpoints + 1")
        self._db.logged = 0
        return note

    def keep(self, note: SignedNote) -> None:
        """Keep it on this machine, unless what is kept says that the store was put back."""
        self._db.logged = 0
        store = note.point.origin.removeprefix(ORIGIN)
        known = remembered(store)
        if known is not None:
            rows = known.point.rows
            goes_on = rows <= note.point.rows and self._log.tree.root(rows) == known.point.root
            if not goes_on and not self._went_back(note):
                return
        remember(store, note)

    def _went_back(self, note: SignedNote) -> bool:
        """Whether somebody went back to a backup with this program since the checkpoint before."""
        sql = (
            "SELECT 1 FROM audit WHERE action = 'restore backup' AND seq > coalesce("
            "(SELECT max(rows) FROM audit_checkpoints WHERE rows < ?), 0)"
        )
        return bool(self._db.value(sql, (note.point.rows,)))

    def sign_many(self) -> None:
        """Within a transaction that ends: sign where many rows were added since."""
        self._db.logged = 0
        try:
            self.sign_within()
        except (HPMError, OSError, ValueError, ImportError) as error:
            self._note(error)

    def sign_quietly(self) -> None:
        """Sign what was added; what hinders it is noted, and is no failure of the work."""
        if not self._db.logged or self._db.read_only:
            return
        try:
            if not self._db.connection.in_transaction and self._is_free():
                self.sign()
                self.trouble = ""
        except Exception as error:  # whatever it is: the work is done and stays so
            self._note(error)

    def _note(self, error: Exception) -> None:
        self.trouble = str(error) if isinstance(error, HPMError) else type(error).__name__
        _LOG.warning("the log was not signed: %s", type(error).__name__)

    def _is_free(self) -> bool:
        """Whether nobody else writes: whoever does signs these rows with their own."""
        self._db.pragma("busy_timeout = 0")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("ROLLBACK")
        except self._db.driver.Error:
            return False
        finally:
            with suppress(self._db.driver.Error):
                self._db.pragma(f"busy_timeout = {BUSY_TIMEOUT_MS}")
        return True
