"""A text planted in every place of a store, and looked for in every byte that is left of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from hpm_engine.compressor.packing.container import unpack
from hpm_engine.memory import Memory
from hpm_engine.store.erasure.text_homes import HOMES, WORD_TABLES, Home
from hpm_engine.store.file.driver import load_driver
from tests.support.files.traces import trajectory

CANARY = "zqxcanaryvw"
SPELLED = "\n".join(
    (
        f"plain {CANARY} end",
        base64.b64encode(b"a" + CANARY.encode() + b"bc").decode(),
        base64.b64encode(b"ab" + CANARY.encode() + b"c").decode(),
        CANARY.encode().hex(),
        f"src/{CANARY}/parser.py and `{CANARY}_name`",
    )
)
# Values that constraints ask for where a row has to be made.
_ASKED = {
    ("memory_notes", "author"): "agent",
    ("memory_note_links", "kind"): "session",
    ("quarantine", "kind"): "episode",
    ("backup_plan", "every"): "day",
    ("proposals", "state"): "waiting",
    ("sources", "state"): "imported",
    ("erased", "kind"): "step",
}
_OF_CODE = {"shares", "account", "report", "words", "scores"}  # JSON, which code reads


def session(text: str = SPELLED) -> str:
    """A session that says it in a task, a thought, a call and a result."""
    return trajectory(f"parse the invoice {text}", 10)


def plant(memory: Memory) -> None:
    """Put the text into every column that the registry names, by the file's own tables."""
    database = memory.internals.database
    memory.checkpoints.save("a thread", SPELLED.encode() * 3, text=SPELLED, label=CANARY)
    memory.checkpoints.save("another", b"no such text", text="other")
    memory.proposals.propose(SPELLED, f"because {CANARY}", agent="codex", session="s")
    database.execute("PRAGMA foreign_keys = OFF")
    with database.writing():
        for table, columns in HOMES.items():
            if table == "erasures":
                continue  # one under way would be finished, by whom it says, on opening
            for column, home in columns.items():
                if home in (Home.REWRITTEN, Home.DIGESTED, Home.REMOVED):
                    _plant(database, table, column)
        database.execute(
            "INSERT INTO memory_note_versions (note_id, number, text, sha256, seen_at)"
            " SELECT min(id), 77, ?, x'00', 1 FROM memory_notes",
            (SPELLED,),
        )
        database.execute(
            "INSERT INTO memory_note_words (rowid, name, words)"
            " SELECT min(id), 'a', ? FROM memory_notes",
            (SPELLED,),
        )
    database.execute("PRAGMA foreign_keys = ON")


def _plant(database: Any, table: str, column: str) -> None:
    facts = [tuple(row) for row in database.execute(f"PRAGMA main.table_info({table})")]
    if table == "settings":
        sql = "INSERT OR REPLACE INTO settings (name, value) VALUES ('planted', ?)"
        database.execute(sql, (f"x {CANARY}",))
        return
    if not database.value(f"SELECT count(*) FROM main.{table}"):
        names = [name for _, name, _, needed, _, key in facts if needed or key]
        kinds = {name: kind for _, name, kind, *_ in facts}
        values = [
            _ASKED.get((table, name), {"TEXT": "x", "BLOB": b"0"}.get(kinds[name], 1))
            for name in names
        ]
        marks = ", ".join("?" * len(names))
        database.execute(f"INSERT INTO main.{table} ({', '.join(names)}) VALUES ({marks})", values)
    keys = [name for _, name, *_, key in facts if key] or ["rowid"]
    first = database.rows(f"SELECT {', '.join(keys)} FROM main.{table} ORDER BY 1 LIMIT 1")[0]
    where = " AND ".join(f"{name} IS ?" for name in keys)
    value = f"json_set({column}, '$.{CANARY}', 0)" if column in _OF_CODE else f"{column} || ?"
    if column in _OF_CODE:
        if not str(database.value(f"SELECT {column} FROM main.{table}") or "").startswith("{"):
            return
        database.execute(f"UPDATE main.{table} SET {column} = {value} WHERE {where}", first)
    else:
        text = (f" {CANARY}", *first)
        database.execute(f"UPDATE main.{table} SET {column} = {value} WHERE {where}", text)


def sightings(folder: Path, canary: str = CANARY) -> list[str]:
    """Where any spelling of it stands in the files of a folder, or packed in the stores there."""
    found = []
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        if _holds(file.read_bytes(), canary):
            found.append(str(file.relative_to(folder)))
        if file.suffix == ".hpm":
            found += [f"{file.name}: {place}" for place in _packed(file, canary)]
    return found


def _holds(data: bytes, canary: str) -> bool:
    plain = canary.encode()
    spelled = [plain, plain.hex().encode(), canary.encode("utf-16-le"), canary.encode("utf-16-be")]
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + plain).decode()
        core = whole[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]
        if core.encode() in data:
            return True
    low = data.lower()
    return any(each in low for each in spelled)


def _packed(file: Path, canary: str) -> Iterator[str]:
    connection = load_driver().connect(str(file))
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if any(table.startswith(name) for name in WORD_TABLES):
            continue
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, bytes) and any(_holds(each, canary) for each in _plain(value)):
                    yield f"{table}.{column}"
                packed = table == "compressed" and column == "data"
                if packed and _holds(msgspec.json.encode(unpack(value)), canary):
                    yield "compressed.data"
    for table in WORD_TABLES:
        name = f"temp.{table}_terms"
        connection.execute(f"CREATE VIRTUAL TABLE {name} USING fts5vocab (main, {table}, row)")
        for (term,) in connection.execute(f"SELECT term FROM {name}"):
            if canary[:8] in term:
                yield f"{table}: {term}"
    connection.close()


def _plain(data: bytes) -> Iterator[bytes]:
    yield data
    start = data.find(zstandard.FRAME_HEADER)
    while start >= 0:
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        with suppress(zstandard.ZstdError):
            yield unpacker.decompressobj().decompress(data[start:])
        start = data.find(zstandard.FRAME_HEADER, start + 1)


def columns_of(path: Path) -> dict[str, set[str]]:
    """The columns of text or bytes of each ordinary table in a store's file."""
    connection = load_driver().connect(str(path))
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {}
    for (table,) in tables:
        ours = not table.startswith(("sqlite_", "_sqlite", *WORD_TABLES))
        if ours:
            facts = connection.execute(f"PRAGMA table_info({table})").fetchall()
            found[table] = {row[1] for row in facts if row[2] in ("TEXT", "BLOB", "")}
    connection.close()
    return found
