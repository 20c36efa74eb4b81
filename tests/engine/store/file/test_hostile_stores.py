"""Stores that were damaged, edited by hand or made to harm, and paths that are no plain names."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hpm_engine import AuditFilter, EpisodeQuery, Health, Memory, errors, open_memory
from tests.support.store_statements import change

TRIGGER = "DROP TRIGGER audit_is_append_only_update"
PAGE = 8192


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    messages = [
        {"role": role, "content": f"{role} {number}: " + f"word{number} " * 90}
        for number in range(80)
        for role in ("user", "assistant")
    ]
    (folder / "a.json").write_text(json.dumps(messages))
    with open_memory(folder / "good.hpm", create=True) as memory:
        memory.import_paths([folder / "a.json"])
    return folder / "good.hpm"


@pytest.fixture
def store(good: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.hpm"
    shutil.copy(good, path)
    return path


def examine(path: Path) -> Health:
    with open_memory(path, read_only=True) as memory:
        return memory.figures.health(check=True)


def test_a_damaged_page_is_a_finding_of_the_check_wherever_it_lies(good: Path, store: Path) -> None:
    data = good.read_bytes()
    assert not examine(good).problems
    with open_memory(good, read_only=True) as memory:
        schema = memory.internals.database.value("SELECT sum(length(sql)) FROM sqlite_master")
    refused = 0
    for page in range(1, len(data) // PAGE):
        noise = random.Random(page).randbytes(PAGE)
        store.write_bytes(data[: page * PAGE] + noise + data[(page + 1) * PAGE :])
        try:
            assert examine(store).problems, page
        except errors.DamagedStore:
            refused += 1
    assert refused <= 2 + 2 * schema // PAGE, "only the schema's pages keep it from being opened"


def every_reading(memory: Memory) -> list[Callable[[], object]]:
    return [
        memory.figures.stats,
        memory.figures.activity,
        memory.figures.tools,
        memory.figures.given,
        memory.audit.acts,
        memory.audit.choices,
        lambda: memory.audit.in_words(AuditFilter(), memory.audit.acts()),
        memory.episodes.facets,
        memory.sources.aside,
        memory.sources.all,
        memory.sources.sums,
        memory.settings.all,
        memory.audit.verify,
        memory.figures.health,
        lambda: memory.figures.health(check=True),
        memory.audit.page,
        lambda: memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 10)),
        lambda: memory.episodes.get(memory.episodes.find(EpisodeQuery(text="word3")).window(0, 10)),
        lambda: memory.episodes.detail(1),
        lambda: memory.steps.outline(1),
        lambda: memory.steps.read(1),
        lambda: b"".join(memory.originals.whole(1)),
        lambda: memory.originals.record(1),
        lambda: memory.originals.step(1, 2),
    ]


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM settings"],
        ["DROP TABLE settings"],
        ["DROP TABLE raw_chunks"],
        ["DELETE FROM totals"],
        ["UPDATE episodes SET outcome = 'splendid', started_at = 9223372036854775807"],
        ["UPDATE episodes SET source_id = 77"],
        [TRIGGER, "UPDATE audit SET at = 'never', detail = '{'"],
        [TRIGGER, "UPDATE audit SET at = 5, actor = x'ff'"],
        ["UPDATE texts SET data = x'0102', size = 99"],
        ["UPDATE texts SET data = x'ff', size = 1"],
        ["UPDATE texts SET size = size + 1"],
        ["UPDATE parts SET kind = 9"],
        ["DELETE FROM texts"],
        ["UPDATE steps SET source = 9, raw_start = -5"],
        ["UPDATE raw_chunks SET data = x'0102'"],
    ],
)
def test_rows_that_this_program_never_writes_are_read_or_explained(
    store: Path, statements: list[str]
) -> None:
    change(store, "PRAGMA foreign_keys = OFF", *statements)
    with open_memory(store, read_only=True) as memory:
        for reading in every_reading(memory):
            try:
                reading()
            except errors.HPMError as error:
                assert str(store) in str(error)


def test_a_row_of_the_log_made_unreadable_is_where_the_chain_breaks(store: Path) -> None:
    change(store, TRIGGER, "UPDATE audit SET at = 'never', detail = '{'")
    with open_memory(store, read_only=True) as memory:
        assert memory.audit.verify().broken_at == 1


def test_foreign_code_under_our_own_name_is_refused_too(store: Path) -> None:
    change(
        store,
        TRIGGER,
        "CREATE TRIGGER audit_is_append_only_update AFTER INSERT ON tags"
        " BEGIN DELETE FROM episodes; END",
    )
    with pytest.raises(errors.DamagedStore, match="audit_is_append_only_update"):
        open_memory(store)


def test_a_step_beyond_the_last_possible_one_is_not_another_episodes(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        assert memory.originals.step(1, 0)
        assert memory.originals.step(1, 1 << 24) == memory.originals.step(1, -1) == b""
        assert memory.originals.step(0, 1 << 24) == b""


def test_numbers_and_texts_that_no_store_holds_are_explained(store: Path) -> None:
    with open_memory(store) as memory:
        with pytest.raises(errors.NotFound, match="that large"):
            memory.episodes.detail(1 << 70)
        with pytest.raises(errors.BadQuery, match="no text"):
            memory.episodes.find(EpisodeQuery(text="caf\udce9"))
        with pytest.raises(errors.BadQuery, match="no text"):
            memory.marks.add_tag([1], "caf\udce9")
        assert memory.audit.count() == 2


@pytest.mark.skipif(sys.platform == "win32", reason="such names do not exist there")
@pytest.mark.parametrize(
    "name", ["a?mode=ro.hpm", "a#b.hpm", "a%41.hpm", "ü✓.hpm", "caf\udce9.hpm"]
)
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    if name.endswith("\udce9.hpm") and sys.platform == "darwin":
        pytest.skip("names are Unicode there")
    open_memory(tmp_path / name, create=True).close()
    assert os.listdir(tmp_path) == [name]
    with open_memory(tmp_path / name, read_only=True) as memory:
        assert memory.figures.stats().episodes == 0


def test_a_name_that_is_too_long_or_turns_in_circles_is_explained(tmp_path: Path) -> None:
    (tmp_path / "circle.hpm").symlink_to(tmp_path / "circle.hpm")
    for name in ("y" * 300, "circle.hpm"):
        for create in (True, False):
            with pytest.raises(errors.CannotOpen):
                open_memory(tmp_path / name, create=create)


def test_a_link_to_a_store_is_that_store(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "a.hpm", tmp_path / "link.hpm"
    link.symlink_to(target)
    with open_memory(link, create=True) as memory:
        memory.settings.set("theme", "dark")
        assert memory.figures.health().wal_size > 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "far") == ["a.hpm"]


def test_an_export_never_replaces_the_store_itself(store: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(store)
    with open_memory(store) as memory:
        for path in (store, store.with_name("a.hpm-wal"), tmp_path / "link.csv"):
            with pytest.raises(errors.CannotWrite, match="the store itself"):
                memory.audit.export(path, "csv")
        assert memory.audit.count() == 2


def test_programs_that_make_and_fill_one_store_at_once_all_succeed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hpm_engine import open_memory\n"
        "memory = open_memory(sys.argv[1], create=True)\n"
        "files = [Path(name) for name in sys.argv[2:]]\n"
        "print(sum(memory.import_paths([file]).episodes_added for file in files))\n"
    )
    runs = []
    for program in range(3):
        files = [tmp_path / f"{program}-{number}.json" for number in range(5)]
        for file in files:
            messages = [
                {"role": "user", "content": file.name},
                {"role": "assistant", "content": "x"},
            ]
            file.write_text(json.dumps(messages))
        arguments = [sys.executable, "-c", code, str(tmp_path / "a.hpm"), *map(str, files)]
        runs.append(subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    outputs = [run.communicate(timeout=60) for run in runs]
    assert [(out.strip(), error) for out, error in outputs] == [(b"5", b"")] * 3
    with open_memory(tmp_path / "a.hpm", read_only=True) as memory:
        assert memory.figures.stats().episodes == 15
        assert not memory.figures.health(check=True).problems


def test_what_encodes_a_damaged_store_says_so_wherever_the_page_lies(store: Path) -> None:
    """SQLite's words reach nobody: the command line would end with a traceback."""
    with open_memory(store) as memory:
        memory.encode()
    data, refused = store.read_bytes(), 0
    for page in range(1, len(data) // PAGE, 2):
        noise = random.Random(page).randbytes(PAGE)
        store.write_bytes(data[: page * PAGE] + noise + data[(page + 1) * PAGE :])
        try:
            with open_memory(store) as memory:
                memory.encode()
        except errors.HPMError as error:
            assert str(store) in str(error)
            refused += 1
        for beside in ("-wal", "-shm"):
            store.with_name(store.name + beside).unlink(missing_ok=True)
    assert refused
