"""A new store filled with what could be read of a damaged one, and made to fit together."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from hpm_engine.audit.chain import canonical_json
from hpm_engine.job import Job
from hpm_engine.store.checkpoints.examining import damaged_states
from hpm_engine.store.derived.structure import drop_odd_vectors
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.salvage.reading import DamagedTable, columns_of, key_of
from hpm_engine.store.schema.rehash import damaged_sources, damaged_texts
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.texts import Texts
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from hpm_engine.values.safety.repairs import LostItem

LOST_TEXT = "(This text could not be read in the damaged file.)"
LOST_STEP = "(This step could not be read in the damaged file.)"
# Written anew from the rest, or of the new store's own.
_LEFT_OUT = {
    *("totals", "episode_tools", "changed_files", "recall_episodes", "episode_words"),
    *("index_generations", "unfinished", "backup_mark", "_sqlite_migrations"),
}
_NOT_COPIED = ("audit", "sqlite_", "step_fts", "recall_", "memory_note_words", "checkpoint_words")
_COPIED = ("recalls", "recall_hits")
_TOGETHER = 500


class SalvagedContent:
    """Copies what can be read and counts what cannot, in one transaction of the caller's."""

    def __init__(self, damaged: Database, new: Database, job: Job) -> None:
        self._old, self._new, self._job = damaged, new, job
        self.lost: list[LostItem] = []
        self.counts: Counter[str] = Counter()

    def fill(self) -> None:
        """Copy every table that stands for itself, and make it fit together."""
        new = self._new
        new.execute("PRAGMA defer_foreign_keys = ON")
        there = {name for (name,) in self._old.rows(_TABLES)}
        for (table,) in new.rows(_TABLES):
            if table in there and _is_copied(table):
                self._copy(table)
        self._copy_log(there)
        self._mend_texts()
        self._mend_steps()
        self._mend_sources()
        self._mend_states()
        self._drop_loose_ends()
        drop_odd_vectors(new)

    def count(self, table: str) -> int:
        """How many rows of a table there are now."""
        count: int = self._new.value(f"SELECT count(*) FROM main.{table}")
        return count

    def _lose(self, kind: str, number: int, name: str, what: str) -> None:
        self.counts[kind] += 1
        self.lost.append(LostItem(kind, number, name, what))

    def _copy(self, table: str) -> None:
        columns = columns_of(self._new, table)
        known = {column.name for column in columns_of(self._old, table)}
        columns = [column for column in columns if column.name in known]
        key = key_of(self._old, table) if table != "parts" else "step_id"
        reader = DamagedTable(self._old, table, columns, key)
        sql = insertion(f"main.{table}", [column.name for column in columns], "INSERT OR IGNORE")
        rows = reader.rows(self._job)
        if table == "settings":
            rows = filter(lambda row: row[0] != "store_id", rows)
        self._new.connection.executemany(sql, rows)
        for count, what in ((reader.skipped, "places"), (reader.odd, "rows")):
            if count:
                self._lose(f"{what} of {table}", 0, table, f"{count:,} could not be read")

    def _copy_log(self, there: set[str]) -> None:
        """What is left of the log, out of its chain: it tells, and proves no longer."""
        if "audit" not in there:
            self._lose("the log", 0, "audit", "all of it")
            return
        columns = columns_of(self._old, "audit")
        reader = DamagedTable(self._old, "audit", columns, "seq")
        sql = insertion("earlier_log", ("seq", "row"), "INSERT OR IGNORE")
        names = [column.name for column in columns]
        for row in reader.rows(self._job):
            fields = {
                name: value.hex() if isinstance(value, bytes) else value
                for name, value in zip(names, row, strict=True)
            }
            self._new.execute(sql, (fields.get("seq"), canonical_json(fields)))
        if reader.skipped or reader.odd:
            self._lose("rows of the log", 0, "audit", f"{reader.skipped + reader.odd:,} places")

    def _mend_texts(self) -> None:
        new = self._new
        damaged = damaged_texts(new, self._job)
        for start in range(0, len(damaged), _TOGETHER):
            part = damaged[start : start + _TOGETHER]
            new.execute(f"DELETE FROM texts WHERE id IN ({','.join('?' * len(part))})", part)
        for key in damaged:
            self._lose("text", key, f"text {key}", "its bytes are others than were stored")
        sql = (
            "SELECT step_id >> 24, (step_id & 16777215) + 1, count(*) FROM parts"
            " WHERE text_id NOT IN (SELECT id FROM texts) GROUP BY step_id"
        )
        for episode, step, count in new.rows(sql):
            self._lose("text of a step", episode, f"episode {episode}, step {step}", f"{count:,}")
        texts = Texts(new)
        data = LOST_TEXT.encode()
        ids, _ = texts.put({sha256(data).digest(): data})
        texts.flush()
        new.execute(
            "UPDATE parts SET text_id = ? WHERE text_id NOT IN (SELECT id FROM texts)",
            tuple(ids.values()),
        )
        new.execute("DELETE FROM parts WHERE kind NOT BETWEEN 0 AND 3")
        new.execute("DELETE FROM steps WHERE source NOT BETWEEN 0 AND 2 OR id < 1 << 24")

    def _mend_steps(self) -> None:
        """A step that is lost stands as one that says so: what is behind it keeps its position."""
        new = self._new
        rows = new.rows("SELECT id >> 24, max(id & 16777215) + 1, count(*) FROM steps GROUP BY 1")
        present = {episode: (last, count) for episode, last, count in rows}
        episodes = dict(new.rows("SELECT id, steps FROM main.episodes"))
        for episode in present.keys() - episodes.keys():
            new.execute(
                "INSERT OR IGNORE INTO main.episodes (id, format, key, parent_key, continues_key,"
                " raw_start, raw_size, agent, model, project, cwd, branch, task, outcome, steps,"
                " imported_at) VALUES (?, 'salvaged', ?, '', '', 0, 0, '', '', '', '', '', ?,"
                " 'unknown', ?, 0)",
                (episode, f"episode-{episode}", LOST_TEXT, present[episode][0]),
            )
            self._lose("facts of an episode", episode, f"episode {episode}", "its steps are there")
            episodes[episode] = present[episode][0]
        writer = StepRows(new, Texts(new), SearchIndex(new))
        empty = encode_step(StepDraft(StepSource.SYSTEM, (Part(PartKind.MESSAGE, LOST_STEP),)))
        for episode, said in sorted(episodes.items()):
            last, count = present.get(episode, (0, 0))
            wanted = max(last, said if 0 <= said <= MOST_STEPS else 0)
            if count == wanted:
                continue
            self._lose("steps", episode, f"episode {episode}", f"{wanted - count:,} steps")
            first = step_id(episode, 0)
            sql = "SELECT id - ? FROM steps WHERE id BETWEEN ? AND ?"
            span = first, first, first + MOST_STEPS - 1
            there = {seq for (seq,) in new.rows(sql, span)}
            new.execute(
                "DELETE FROM parts WHERE step_id BETWEEN ? AND ?"
                " AND step_id NOT IN (SELECT id FROM steps)",
                (first, first + MOST_STEPS - 1),
            )
            for seq in range(wanted):
                if seq not in there:
                    writer.add(episode, seq, empty)
            new.execute(
                "UPDATE main.episodes SET steps = ?, digest = ? WHERE id = ?",
                (wanted, sha256(b"salvaged %d" % episode).digest(), episode),
            )
        writer.flush()
        new.execute("DELETE FROM parts WHERE step_id NOT IN (SELECT id FROM steps)")

    def _mend_sources(self) -> None:
        """Original bytes that are not whole are told as gone: nothing of them is to be trusted."""
        for key, path in damaged_sources(self._new, self._job):
            self._lose("original file", key, path, "its bytes are not all there")
            self._new.execute("DELETE FROM raw_chunks WHERE source_id = ?", (key,))
            self._new.execute(
                "INSERT INTO raw_chunks (source_id, start, size, data)"
                " SELECT id, 0, size, x'' FROM sources WHERE id = ?",
                (key,),
            )

    def _mend_states(self) -> None:
        if damaged_states(self._new):
            count = self._new.value("SELECT count(*) FROM checkpoints")
            self._lose("checkpoints", 0, "checkpoints", f"all {count:,}: some state is not whole")
            for table in ("checkpoint_pieces", "state_pieces", "checkpoints"):
                self._new.execute(f"DELETE FROM {table}")
        for key, digest, data in self._new.rows("SELECT id, sha256, data FROM tuned_weights"):
            if sha256(data).hexdigest() != digest:
                self._lose("tuned model", key, f"weights {key}", "others than were stored")
                self._new.execute("DELETE FROM tuned_weights WHERE id = ?", (key,))

    def _drop_loose_ends(self) -> None:
        """Rows that refer to something that is gone go too, until none is left."""
        new = self._new
        while loose := new.rows("PRAGMA main.foreign_key_check"):
            for table, rowid, parent, _ in loose:
                self.counts[f"rows of {table}"] += 1
                if rowid is not None:
                    new.execute(f"DELETE FROM main.{table} WHERE rowid = ?", (rowid,))
                    continue
                columns = new.rows(
                    f'SELECT "from" FROM pragma_foreign_key_list(\'{table}\') WHERE "table" = ?',
                    (parent,),
                )
                for (column,) in columns:
                    new.execute(
                        f"DELETE FROM main.{table} WHERE {column} NOT IN"
                        f" (SELECT id FROM main.{parent})"
                    )


_TABLES = "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY rowid"


def _is_copied(table: str) -> bool:
    return table in _COPIED or not (table in _LEFT_OUT or table.startswith(_NOT_COPIED))
