"""Sessions that an import leaves alone: a person deleted or erased them."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from secrets import token_bytes

import msgspec

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.renderings import RENDERINGS

KEY = "erasure_key"  # the setting: what the digests of what was erased are keyed with


class LeftSession(msgspec.Struct, frozen=True):
    """Why a session is left alone; ``episode_id`` is 0 for one that was erased."""

    episode_id: int
    source_id: int | None
    digest: str  # hex
    erased: bool


class LeftSessions:
    """Asked for each session that an import reads."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, format_: str, key: str) -> LeftSession | None:
        """Why the session is left alone; ``None``: it is not."""
        if self._db.value("SELECT 1 FROM main.trash LIMIT 1"):
            formats = _family(format_)
            marks = ", ".join("?" * len(formats))
            rows = self._db.rows(
                "SELECT id, source_id, digest FROM main.episodes"
                f" WHERE format IN ({marks}) AND (key = ? OR session_key = ?)"
                " AND id IN (SELECT episode_id FROM main.trash) LIMIT 1",
                (*formats, key, key),
            )
            if rows and not self._is_shown(formats, key):
                return LeftSession(rows[0][0], rows[0][1], rows[0][2].hex(), erased=False)
        return LeftSession(0, None, "", erased=True) if self.is_erased(format_, key) else None

    def is_erased(self, format_: str, key: str) -> bool:
        """Whether the session was erased."""
        if not self._db.value("SELECT 1 FROM erased WHERE kind = 'episode' LIMIT 1"):
            return False
        secret = erasure_key(self._db)
        sql = "SELECT 1 FROM erased WHERE kind = 'episode' AND digest = ?"
        names = [session_digest(secret, name, key) for name in _family(format_)]
        return any(self._db.value(sql, (digest,)) for digest in names)

    def forget(self, format_: str, key: str) -> None:
        """Let an erased session come back."""
        if secret := erasure_key(self._db):
            for name in _family(format_):
                digest = session_digest(secret, name, key)
                self._db.execute("DELETE FROM erased WHERE digest = ?", (digest,))

    def trashed_in(self, source_id: int) -> int:
        """How many episodes of a source are in the trash."""
        sql = (
            "SELECT count(*) FROM main.trash t JOIN main.episodes e ON e.id = t.episode_id"
            " WHERE e.source_id = ?"
        )
        return int(self._db.value(sql, (source_id,)))

    def _is_shown(self, formats: tuple[str, ...], key: str) -> bool:
        """Whether another branch of the session is in view: that one may go on."""
        marks = ", ".join("?" * len(formats))
        sql = f"SELECT 1 FROM episodes WHERE format IN ({marks}) AND (key = ? OR session_key = ?)"
        return bool(self._db.value(sql, (*formats, key, key)))


def erasure_key(database: Database) -> bytes:
    """The key of the digests; b"" before anything was erased."""
    text = database.value("SELECT value FROM settings WHERE name = ?", (KEY,)) or ""
    return bytes.fromhex(text)


def session_digest(secret: bytes, format_: str, key: str) -> bytes:
    """What stands for an erased session: without the key of the store nobody can try it out."""
    text = f"episode\0{format_}\0{key}".encode(errors="surrogatepass")
    return hmac.new(secret, text, sha256).digest()


def step_digest(secret: bytes, digest: bytes) -> bytes:
    """What stands for an erased step, of which ``digest`` is the store's own."""
    return hmac.new(secret, b"step\0" + digest, sha256).digest()


def line_digest(secret: bytes, line: bytes) -> bytes:
    """What stands for an erased line of an original file."""
    return hmac.new(secret, b"line\0" + line.rstrip(b"\r\n"), sha256).digest()


def note_digest(secret: bytes, digest: bytes) -> bytes:
    """What stands for an erased wording of a note, of which ``digest`` is the SHA-256."""
    return hmac.new(secret, b"note\0" + digest, sha256).digest()


def keep_erased(
    database: Database, digest: bytes, stands_for: bytes = b"", kind: str = "step"
) -> None:
    """Remember by a keyed digest that something was erased."""
    values = {"digest": digest, "kind": kind, "at": time.time_ns() // 1000}
    values["stands_for"] = stands_for
    sql = insertion("erased", values, "INSERT OR REPLACE")
    database.execute(sql, tuple(values.values()))


def make_key(database: Database) -> bytes:
    """The key of the digests, made with the first erasure; no log has it."""
    if not erasure_key(database):
        sql = insertion("settings", ("name", "value"), "INSERT OR REPLACE")
        database.execute(sql, (KEY, token_bytes(32).hex()))
    return erasure_key(database)


def _family(format_: str) -> tuple[str, ...]:
    """The formats under which the same session may come."""
    renderings = [name for name, of in RENDERINGS.items() if format_ in of]
    return (format_, *RENDERINGS.get(format_, ()), *renderings)
