"""SQL stands in ``hpm_engine/store`` alone: what asks for rows asks for them by a name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STORE = ROOT / "hpm_engine" / "store"
# Modules that read the databases of other programs.
OF_OTHERS = {
    "hpm_engine/evaluation/zoo/original_bytes.py",
    "hpm_engine/ingest/databases/open_tables.py",
}
STATEMENT = re.compile(
    r"\s*(SELECT|INSERT (OR \w+ )?INTO|REPLACE INTO|UPDATE \w+ SET|DELETE FROM|WITH \w+ |VALUES ?\("
    r"|CREATE (TEMP |UNIQUE |VIRTUAL )?(TABLE|INDEX|TRIGGER|VIEW)|ALTER TABLE|DROP (TABLE|INDEX)"
    r"|PRAGMA \w+|BEGIN( \w+)?$|COMMIT$|ROLLBACK|SAVEPOINT|RELEASE \w+$|VACUUM|ANALYZE|ATTACH)\b"
)
PIECE = re.compile(
    r"\b(FROM \w+ (\w )?(WHERE|JOIN)|(LEFT|CROSS) JOIN|ORDER BY|GROUP BY|IN \(SELECT)\b"
)
# What takes columns by the order in which the table has them.
UNNAMED = re.compile(r"\bSELECT \*|\bINTO \S+ VALUES\b")
FROZEN = {"migrations.py", "later_schema.py"}
CALLS = {"execute", "executemany", "executescript"}


def sql_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of what is SQL in a module, or runs some; docstrings are none.

    What a formatted text is filled with counts as one name.
    """
    passed = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CALLS:
            yield node.lineno, f".{node.attr}"
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "filled"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if STATEMENT.match(text) or PIECE.search(text):
            yield node.lineno, text


@pytest.mark.parametrize("package", ["hpm_engine", "app"])
def test_no_sql_outside_the_store(package: str) -> None:
    astray = [
        f"{file.relative_to(ROOT)}:{line}: {text[:60]}"
        for file in sorted((ROOT / package).rglob("*.py"))
        if STORE not in file.parents and file.relative_to(ROOT).as_posix() not in OF_OTHERS
        for line, text in sql_in(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert not astray


@pytest.mark.parametrize(
    "code",
    [
        'rows = database.rows("SELECT id FROM episodes")',
        'rows = database.rows(f"SELECT {columns} FROM episodes")',
        'rows = database.rows(f"{head} ORDER BY id")',
        'database.value(f"DELETE FROM {table}")',
        "connection.execute(statement)",
        'database.value("PRAGMA user_version")',
        'sql = "UPDATE episodes SET pinned = 1"',
    ],
)
def test_sql_is_found_wherever_it_stands(code: str) -> None:
    assert list(sql_in(ast.parse(code)))


def test_words_are_no_sql() -> None:
    text = '"""SELECT is a word of SQL."""\nnote = "Select a file to begin; update it later."'
    assert not list(sql_in(ast.parse(text)))


def test_the_store_has_sql() -> None:
    modules = [ast.parse(file.read_text(encoding="utf-8")) for file in STORE.rglob("*.py")]
    assert sum(1 for tree in modules for _ in sql_in(tree)) > 200


def test_the_store_names_the_columns_that_it_reads_and_writes() -> None:
    unnamed = [
        f"{file.relative_to(STORE)}:{line}: {text[:60]}"
        for file in sorted(STORE.rglob("*.py"))
        if file.name not in FROZEN
        for line, text in sql_in(ast.parse(file.read_text(encoding="utf-8")))
        if UNNAMED.search(text)
    ]
    assert not unnamed


@pytest.mark.parametrize("text", ["SELECT * FROM tags", "INSERT OR REPLACE INTO tags VALUES (?)"])
def test_columns_without_names_are_found(text: str) -> None:
    assert UNNAMED.search(text)
    assert not UNNAMED.search("INSERT INTO tags (name) SELECT count(*) FROM tags")
