"""Ways to tamper with the log of a store's file: each says which row the check must name."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpm_engine.audit.chain import GENESIS, microseconds, row_hash
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.schema.migrations import TRIGGERS
from hpm_engine.values.reports import AuditRow
from tests.support.store_statements import WITHOUT_AUDIT_TREE

_COLUMNS = ("at", "actor", "action", "subject", "before", "after", "detail", "state", "previous")
_NAMES = ", ".join(("seq", *_COLUMNS, "hash"))


def unlocked(path: Path, *statements: str) -> None:
    """Run statements with the log's triggers out of the way, and put these back."""
    connection = load_driver().connect(str(path))
    locks = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    locks = locks.fetchall()
    for name, _ in locks:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in (*statements, *(sql for _, sql in locks)):
        connection.execute(statement)
    connection.commit()
    connection.close()


def as_before_the_tree(path: Path) -> None:
    """Give every row the hash that it had in earlier versions, and take the tree away."""
    connection = load_driver().connect(str(path))
    connection.execute("DROP TRIGGER audit_is_append_only_update")
    previous = GENESIS
    rows = connection.execute(f"SELECT {_NAMES} FROM audit ORDER BY seq").fetchall()
    for seq, at, *texts in rows:
        actor, action, subject, before, after, detail, *_ = texts
        fields = (seq, microseconds(at), actor, action, subject, before, after, detail, previous)
        hash_ = row_hash(AuditRow(*fields, ""))
        sql = "UPDATE audit SET previous = ?, hash = ? WHERE seq = ?"
        connection.execute(sql, (previous, hash_, seq))
        previous = hash_
    for statement in (*WITHOUT_AUDIT_TREE, "PRAGMA user_version = 29"):
        connection.execute(statement)
    connection.execute(TRIGGERS["audit_is_append_only_update"])
    connection.commit()
    connection.close()


def _rows(connection: Any) -> int:
    count: int = connection.execute("SELECT max(seq) FROM audit").fetchone()[0]
    return count


def _value(connection: Any, seq: int, column: str) -> Any:
    return connection.execute(f"SELECT {column} FROM audit WHERE seq = ?", (seq,)).fetchone()[0]


def _set(connection: Any, seq: int, column: str, value: Any) -> None:
    connection.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, seq))


def _flip(connection: Any, chance: random.Random) -> int:
    seq, column = chance.randint(1, _rows(connection)), chance.choice((*_COLUMNS, "hash"))
    text = _value(connection, seq, column) or "x"
    index = chance.randrange(len(text))
    flipped = chr(ord(text[index]) ^ 1) if text[index] != "x" else "y"
    _set(connection, seq, column, text[:index] + flipped + text[index + 1 :])
    return seq


def _respell_time(connection: Any, chance: random.Random) -> int:
    seq = chance.randint(1, _rows(connection))
    at = _value(connection, seq, "at")
    spellings = (at.replace("-", ""), at.replace("T", " "), at.replace("Z", "+00:00"), at + " ")
    _set(connection, seq, "at", chance.choice(spellings))
    return seq


def _respell_detail(connection: Any, chance: random.Random) -> int:
    seq = chance.randint(1, _rows(connection))
    detail = _value(connection, seq, "detail")
    spellings = (
        " " + detail,
        detail.replace("{", "{ ", 1),
        '{"rows":1,' + detail[1:],
        detail + "\n",
    )
    _set(connection, seq, "detail", chance.choice(spellings))
    return seq


def _retype(connection: Any, chance: random.Random) -> int:
    seq, column = chance.randint(1, _rows(connection)), chance.choice(_COLUMNS)
    value = _value(connection, seq, column)
    _set(connection, seq, column, value.encode())
    return seq


def _delete(connection: Any, chance: random.Random) -> int:
    seq = chance.randint(1, _rows(connection))
    connection.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    return seq


def _close_up(connection: Any, chance: random.Random) -> int:
    """Delete a row and number those after it anew."""
    seq = chance.randint(1, _rows(connection) - 1)
    connection.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    connection.execute("UPDATE audit SET seq = -seq WHERE seq > ?", (seq,))
    connection.execute("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")
    return seq


def _swap(connection: Any, chance: random.Random) -> int:
    first, second = sorted(chance.sample(range(1, _rows(connection) + 1), 2))
    for old, new in ((first, -1), (second, first), (-1, second)):
        connection.execute("UPDATE audit SET seq = ? WHERE seq = ?", (new, old))
    return first


def _insert(connection: Any, chance: random.Random) -> int:
    seq = chance.randint(1, _rows(connection))
    connection.execute("UPDATE audit SET seq = -seq WHERE seq >= ?", (seq,))
    connection.execute("UPDATE audit SET seq = -seq + 1 WHERE seq < 0")
    source = seq + 1 if seq == 1 else seq - 1
    others = _NAMES.removeprefix("seq, ")
    connection.execute(
        f"INSERT INTO audit ({_NAMES}) SELECT ?, {others} FROM audit WHERE seq = ?", (seq, source)
    )
    return seq


def _append(connection: Any, chance: random.Random) -> int:
    end = _rows(connection)
    others = _NAMES.removeprefix("seq, ")
    connection.execute(
        f"INSERT INTO audit ({_NAMES}) SELECT ?, {others} FROM audit WHERE seq = ?",
        (end + 1, chance.randint(1, end)),
    )
    return end + 1


def _truncate(connection: Any, chance: random.Random) -> int:
    end = _rows(connection)
    last = chance.randint(0, end - 1)
    connection.execute("DELETE FROM audit WHERE seq > ?", (last,))
    return last + 1


def _content(connection: Any, chance: random.Random) -> int:
    """Change, or take away, what a row says of content."""
    rows = connection.execute("SELECT seq, salt, text FROM audit_contents").fetchall()
    seq, salt, text = chance.choice(rows)
    change, values = chance.choice(
        (
            ("DELETE FROM audit_contents WHERE seq = ?", (seq,)),
            ("UPDATE audit_contents SET text = ? WHERE seq = ?", (text + " ", seq)),
            ("UPDATE audit_contents SET salt = ? WHERE seq = ?", (salt[::-1], seq)),
            ("UPDATE audit_contents SET salt = ? WHERE seq = ?", (salt.hex(), seq)),
            ("UPDATE audit_contents SET text = ? WHERE seq = ?", (text.encode(), seq)),
        )
    )
    connection.execute(change, values)
    return int(seq)


def _foreign_content(connection: Any, chance: random.Random) -> int:
    bare = connection.execute(
        "SELECT seq FROM audit WHERE seq NOT IN (SELECT seq FROM audit_contents)"
    ).fetchall()
    seq: int = chance.choice(bare)[0]
    connection.execute("INSERT INTO audit_contents VALUES (?, x'00', '{}')", (seq,))
    return seq


def _head(connection: Any, chance: random.Random) -> int:
    column = chance.choice(("store", "begun_at", "earlier", "rows", "last", "root", "edge"))
    value = connection.execute(f"SELECT {column} FROM audit_head").fetchone()[0]
    if isinstance(value, int):
        other: Any = value + chance.choice((-1, 1))
    else:
        other = value[:-1] + (b"\0" if isinstance(value, bytes) else "~")
    connection.execute(f"UPDATE audit_head SET {column} = ?", (other,))
    return 0


def _node(connection: Any, chance: random.Random) -> int:
    nodes = connection.execute("SELECT level, position, hash FROM audit_nodes").fetchall()
    level, position, hash_ = chance.choice(nodes)
    change, values = chance.choice(
        (
            ("DELETE FROM audit_nodes WHERE level = ? AND position = ?", ()),
            ("UPDATE audit_nodes SET hash = ?3 WHERE level = ?1 AND position = ?2", (hash_[::-1],)),
        )
    )
    connection.execute(change, (level, position, *values))
    return int((position << level) + 1)


MUTATIONS: dict[str, Callable[[Any, random.Random], int]] = {
    "flip": _flip,
    "respell time": _respell_time,
    "respell detail": _respell_detail,
    "retype": _retype,
    "delete": _delete,
    "close up": _close_up,
    "swap": _swap,
    "insert": _insert,
    "append": _append,
    "truncate": _truncate,
    "content": _content,
    "foreign content": _foreign_content,
    "head": _head,
    "node": _node,
}


def mutated(path: Path, kind: str, chance: random.Random) -> int:
    """Tamper with a store's log in one way; the row that must be named, 0 for any."""
    connection = load_driver().connect(str(path))
    connection.execute("PRAGMA synchronous = OFF")
    locks = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    locks = locks.fetchall()
    for name, _ in locks:
        connection.execute(f"DROP TRIGGER {name}")
    row = MUTATIONS[kind](connection, chance)
    for _, sql in locks:
        connection.execute(sql)
    connection.commit()
    connection.close()
    return row
