"""Every other column in which a text can stand, by the registry of where texts live."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

import zstandard

from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.checkpoints.rows import CheckpointRows
from hpm_engine.store.erasure.left_sessions import KEY, keep_erased, note_digest, session_digest
from hpm_engine.store.erasure.needle import ErasedPattern
from hpm_engine.store.erasure.text_homes import Home, columns
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import MOST_STEPS, step_id
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.texts import storable
from hpm_engine.store.trail.contents import erase_contents
from hpm_engine.values.leaving.erasure import HeldPlace
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented

_LARGEST = 1 << 28  # bytes of a ledger unpacked
_OWN = f"name NOT IN ('store_id', '{KEY}')"  # settings that code alone writes
_STAYS = {
    "audit": "the rows of an earlier version cannot be changed, nor can names of subjects",
    "backups": "where a backup lies; delete it and take it off the list",
    "backup_plan": "the folder of backups; choose another",
}


class ErasedFields:
    """Finds and rewrites fields. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db, self._log = database, log

    def look_for(self, needle: ErasedPattern, secret: bytes) -> None:
        """Let statements of this connection ask for it."""

        def keyed(text: str) -> str:
            return f"erased-{hmac.new(secret, text.encode(), sha256).hexdigest()[:24]}"

        make = self._db.connection.create_function
        make("hpm_holds", 1, lambda text: isinstance(text, str) and needle.holds(text))
        make("hpm_erased", 1, needle.replaced)
        make("hpm_keyed", 1, keyed)

    def places(self, job: Job) -> list[HeldPlace]:
        """What holds it, column by column."""
        found = []
        for home in (Home.REWRITTEN, Home.DIGESTED, Home.REMOVED):
            for table, column in columns(home):
                job.step(0, None, "looking through tables", "")
                if count := self._count(table, column):
                    found.append(HeldPlace(_said(table, column), count))
        for what, count in (
            ("wordings of notes", self._count("memory_note_versions", "text")),
            ("contents of the audit log", self._count("audit_contents", "text")),
            ("texts of proposals", self._count("proposals", "text")),
        ):
            found += [HeldPlace(what, count)] if count else []
        return found

    def staying(self) -> list[HeldPlace]:
        """What holds it and cannot be taken out here."""
        found: dict[str, int] = {}
        for table, column in columns(Home.STAYS):
            if count := self._count(table, column):
                found[table] = found.get(table, 0) + count
        return [
            HeldPlace(_said(table, ""), count, _STAYS.get(table, ""))
            for table, count in found.items()
        ]

    def checkpoints(self, needle: ErasedPattern, job: Job) -> list[int]:
        """The checkpoints that hold it, in their state or in what is said of them."""
        said = "SELECT id FROM checkpoints WHERE hpm_holds(thread || ' ' || label || ' ' || text)"
        found = {key for (key,) in self._db.rows(said)}
        rows = CheckpointRows(self._db, self._log)
        every = [key for (key,) in self._db.rows("SELECT id FROM checkpoints ORDER BY id")]
        for done, key in enumerate(every):
            job.step(done, len(every), "looking through checkpoints", "checkpoints")
            if key not in found and needle.in_record(rows.states([key])[key]):
                found.add(key)
        return sorted(found)

    def ledgers(self, needle: ErasedPattern, unpack: Callable[[bytes], bytes]) -> set[int]:
        """The episodes of whose texts something packed holds it; ``unpack``: a compressed one."""
        found = set()
        for key, data in self._db.rows("SELECT episode_id, data FROM compressed"):
            with self._db.decoding("compressed memories"):
                if needle.in_record(unpack(data)):
                    found.add(key)
        unpacker = zstandard.ZstdDecompressor()
        for key, data in self._db.rows("SELECT episode_id, data FROM episode_words"):
            with self._db.decoding("words of episodes"):
                if needle.spans(unpacker.decompress(data, max_output_size=_LARGEST)):
                    found.add(key)
        return found

    def rewrite(self, secret: bytes) -> None:
        """Put a mark, or a keyed digest, wherever it stands."""
        for format_, key, session in self._db.rows(
            "SELECT format, key, session_key FROM main.episodes"
            " WHERE hpm_holds(key) OR hpm_holds(session_key)"
        ):
            name = session_digest(secret, format_, session or key)
            keep_erased(self._db, name, kind="episode")
        said = self._db.rows("SELECT seq FROM audit_contents WHERE hpm_holds(text)")
        erase_contents(self._db, self._log, [seq for (seq,) in said])
        titled = self._db.rows(
            "SELECT id FROM main.episodes WHERE hpm_holds(title) OR hpm_holds(agent_title)"
        )
        noted = self._notes(secret)
        for key, text in self._db.rows("SELECT id, text FROM proposals WHERE hpm_holds(text)"):
            self._rewrite_proposal(key, text)
        for home, function in ((Home.REWRITTEN, "hpm_erased"), (Home.DIGESTED, "hpm_keyed")):
            for table, column in columns(home):
                own = f" AND {_OWN}" if table == "settings" else ""
                self._db.execute(
                    f"UPDATE OR REPLACE main.{table} SET {column} = {function}({column})"
                    f" WHERE hpm_holds({column}){own}"
                )
        for table, column in columns(Home.REMOVED):
            self._db.execute(f"DELETE FROM main.{table} WHERE hpm_holds({column})")
        for (key,) in titled:
            self._name(key)
        for key in noted:
            self._index_note(key)

    def _count(self, table: str, column: str) -> int:
        own = f" AND {_OWN}" if table == "settings" else ""
        sql = f"SELECT count(*) FROM main.{table} WHERE hpm_holds({column}){own}"
        return int(self._db.value(sql))

    def _notes(self, secret: bytes) -> set[int]:
        """Rewrite the wordings of notes; the notes whose words are to be indexed anew."""
        noted = {
            key
            for (key,) in self._db.rows(
                "SELECT id FROM memory_notes"
                " WHERE hpm_holds(name) OR hpm_holds(title) OR hpm_holds(type)"
            )
        }
        rows = self._db.rows(
            "SELECT note_id, number, sha256, hpm_erased(text) FROM memory_note_versions"
            " WHERE hpm_holds(text)"
        )
        for note_id, number, old, text in rows:
            new = sha256(text.encode()).digest()
            keep_erased(self._db, note_digest(secret, old), new)
            self._db.execute(
                "UPDATE memory_note_versions SET text = ?, sha256 = ?"
                " WHERE note_id = ? AND number = ?",
                (text, new, note_id, number),
            )
            noted.add(note_id)
        return noted

    def _index_note(self, note_id: int) -> None:
        rows = self._db.rows(
            "SELECT n.name || ' ' || n.title || ' ' || n.type, v.text FROM memory_notes n"
            " JOIN memory_note_versions v ON v.note_id = n.id WHERE n.id = ?"
            " ORDER BY v.number DESC LIMIT 1",
            (note_id,),
        )
        self._db.execute("DELETE FROM memory_note_words WHERE rowid = ?", (note_id,))
        for name, text in rows:
            self._db.execute(
                "INSERT INTO memory_note_words (rowid, name, words) VALUES (?, ?, ?)",
                (note_id, segmented(storable(name)), segmented(plain_words(storable(text)))),
            )

    def _rewrite_proposal(self, key: int, text: str) -> None:
        text = self._db.value("SELECT hpm_erased(?)", (text,))
        digest = sha256(" ".join(text.split()).encode()).digest()
        sql = "UPDATE OR REPLACE proposals SET text = ?, sha256 = ? WHERE id = ?"
        self._db.execute(sql, (text, digest, key))

    def _name(self, key: int) -> None:
        """Index the names of an episode again."""
        self._db.execute("DELETE FROM step_fts WHERE rowid = ?", (step_id(key, MOST_STEPS),))
        self._db.execute(
            "DELETE FROM step_fts_earlier WHERE rowid = ?", (step_id(key, MOST_STEPS),)
        )
        index = SearchIndex(self._db)
        sql = "SELECT title, agent_title FROM episodes WHERE id = ?"
        for titles in self._db.rows(sql, (key,)):
            index.name(step_id(key, MOST_STEPS), "\n".join(filter(None, titles)), anew=False)
        index.flush()


def _said(table: str, column: str) -> str:
    words = table.replace("_", " ")
    return f"{words}: {column.replace('_', ' ')}" if column else words
