from __future__ import annotations

import random
from pathlib import Path

import pytest

from hpm_engine.audit.merkle import consistent, includes
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.trail.contents import erase_contents
from hpm_engine.store.trail.tree import BLOCK
from hpm_engine.values.audit_acts import Verification
from hpm_engine.values.reports import AuditFilter
from tests.support.trail.tampering import MUTATIONS, as_before_the_tree, mutated, unlocked

_ALL = AuditFilter()
ROWS = 600  # over two blocks of the tree


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "a.hpm"
    with (
        open_memory(path, create=True, actor="tester") as memory,
        memory.internals.database.writing(),
    ):
        for number in range(ROWS // 2):
            memory.internals.log.append("set", f"setting:{number}", content={"value": str(number)})
            memory.internals.log.append(
                "import", f"episode:{number}", after="aa", state={f"episode:{number}": "bb"}
            )
    return path


def check(path: Path) -> Verification:
    with open_memory(path, read_only=True) as memory:
        return memory.audit.verify()


def copied(source: Path, folder: Path) -> Path:
    path = folder / "copy.hpm"
    path.write_bytes(source.read_bytes())
    return path


def test_the_tree_that_commits_kept_is_that_of_the_rows(whole: Path) -> None:
    with open_memory(whole, read_only=True) as memory:
        tree, head = memory.internals.log.tree, memory.internals.log.tree.head()
        assert head is not None and head.rows == memory.audit.count() > 2 * BLOCK
        verification = memory.audit.verify()
        assert (verification.reason, verification.root) == ("", head.root.hex())
        for size in (1, 2, 255, 256, 257, 511, 512, head.rows):
            index, root = size * 2 // 3, tree.root(size)
            path = tree.inclusion(index, size)
            assert includes(tree.leaf(index), index, size, path, root)
            proof = tree.consistency(size, head.rows)
            assert consistent(size, root, head.rows, head.root, proof)


def test_what_a_savepoint_or_a_failure_undid_is_not_in_the_tree(memory: Memory) -> None:
    database, log = memory.internals.database, memory.internals.log
    with database.writing():
        log.append("set", "setting:a")
        with pytest.raises(KeyError), database.savepoint():
            log.append("set", "setting:undone")
            raise KeyError
        log.append("set", "setting:b")
    with pytest.raises(KeyError), database.writing():
        log.append("set", "setting:undone")
        raise KeyError
    memory.settings.set("after", "1")
    assert memory.audit.verify().reason == ""
    assert [row.subject for row in memory.audit.page()][1:] == [
        "setting:a",
        "setting:b",
        "setting:after",
    ]


@pytest.mark.parametrize("kind", sorted(MUTATIONS))
def test_every_kind_of_tampering_is_found_and_named(whole: Path, tmp_path: Path, kind: str) -> None:
    for seed in range(8):
        path = copied(whole, tmp_path)
        row = mutated(path, kind, random.Random(seed))
        verification = check(path)
        assert verification.broken_at is not None, (kind, seed)
        if row:
            assert verification.broken_at == row, (kind, seed, verification.reason)
            assert str(row) in verification.reason


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM audit", "row 1 is missing"),
        ("DELETE FROM audit WHERE seq > 500", "row 501 is missing: the log ends with row 500"),
        ("DELETE FROM audit_head", "count of the log's rows is gone"),
        (
            "UPDATE settings SET value = hex(randomblob(16)) WHERE name = 'store_id'",
            "another store's",
        ),
        ("UPDATE audit_head SET begun_at = '2020'", "what the store says of its log"),
        ("DELETE FROM audit_nodes", "the tree over the rows from 1 on"),
    ],
)
def test_what_is_beside_the_rows_is_checked_too(
    whole: Path, tmp_path: Path, statement: str, words: str
) -> None:
    path = copied(whole, tmp_path)
    unlocked(path, statement)
    assert words in check(path).reason


def test_an_erased_content_leaves_its_row_and_every_proof(memory: Memory) -> None:
    memory.settings.set("secret", "hunter2")
    database, log = memory.internals.database, memory.internals.log
    [row] = [row for row in memory.audit.page() if "hunter2" in row.detail]
    root = log.tree.root(row.seq)
    with database.writing():
        assert erase_contents(database, log, [row.seq, row.seq + 100]) == 1
    [after] = [each for each in memory.audit.page() if each.seq == row.seq]
    assert (after.hash, after.stored, log.tree.root(row.seq)) == (row.hash, row.stored, root)
    assert "hunter2" not in after.detail and '"erased":true' in after.detail
    assert memory.audit.verify().reason == ""
    words = [act.text for act in memory.audit.in_words(_ALL, memory.audit.acts())]
    assert any("is erased" in text for text in words)
    assert "What 1 row of the log said is erased; the rows stay" in words


def test_a_content_that_nobody_erased_must_be_there(memory: Memory) -> None:
    memory.settings.set("secret", "hunter2")
    with memory.internals.database.writing():
        memory.internals.database.execute("DELETE FROM audit_contents")
    assert "is gone, and no row says so" in memory.audit.verify().reason


def test_rows_of_an_earlier_version_are_bound_by_the_upgrade(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path))  # this machine knows the store otherwise
    path = copied(whole, tmp_path)
    as_before_the_tree(path)
    with open_memory(path) as memory:
        memory.settings.set("new", "1")
        verification = memory.audit.verify()
        assert (verification.reason, verification.earlier) == ("", ROWS + 1)
        head = memory.internals.log.tree.head()
        assert head is not None and head.rows == ROWS + 3
        proof = memory.internals.log.tree.inclusion(300, head.rows)
        leaf = memory.internals.log.tree.leaf(300)
        assert includes(leaf, 300, head.rows, proof, head.root)
    for statement, row in (
        ("UPDATE audit SET at = replace(at, 'T', ' ') WHERE seq = 300", 300),
        ("UPDATE audit SET detail = ' ' || detail WHERE seq = 17", 17),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit_leaves SET hashes = zeroblob(8192) WHERE block = 1", 257),
        ("DELETE FROM audit_leaves WHERE block = 2", 513),
    ):
        copy = tmp_path / "changed.hpm"
        copy.write_bytes(path.read_bytes())
        unlocked(copy, statement)
        assert check(copy).broken_at == row
