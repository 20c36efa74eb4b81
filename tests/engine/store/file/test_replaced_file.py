"""A store that is deleted, moved, replaced or cut while it is open: said, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hpm_engine.errors import DamagedStore, HPMError, StoreReplaced
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file import database
from hpm_engine.values.reports import FileReport

Happening = Callable[[Path, Path], None]
Work = Callable[[Memory, Path, Callable[[], None]], object]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stores, encoded, and traces that neither has."""
    folder = tmp_path_factory.mktemp("stores")
    for name, count in (("mine", 12), ("other", 3), ("more", 6)):
        traces = folder / f"{name}-traces"
        traces.mkdir()
        for number in range(count):
            write_session(traces / f"{name}{number}.jsonl", f"{name} task {number}")
        if name != "more":
            with open_memory(folder / f"{name}.hpm", create=True) as memory:
                memory.import_paths([traces])
                memory.encode()
                memory.recall.prepare()
    return folder


@pytest.fixture
def store(stores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("mine", "other"):
        shutil.copy(stores / f"{name}.hpm", tmp_path)
    shutil.copy(stores / "mine.hpm", tmp_path / "earlier.hpm")
    with open_memory(tmp_path / "mine.hpm") as memory:
        memory.settings.set("size", "large")
    return tmp_path / "mine.hpm"


def write_session(path: Path, task: str) -> None:
    texts = [task, *(f"step {n} of {task}: look at module_{n}.py" for n in range(9))]
    lines = [
        {
            "type": "user" if n % 2 == 0 else "assistant",
            "uuid": f"{path.stem}-{n}",
            "parentUuid": f"{path.stem}-{n - 1}" if n else None,
            "sessionId": path.stem,
            "cwd": "/work/shop",
            "timestamp": f"2026-05-01T10:00:{n:02}Z",
            "message": {"role": "user" if n % 2 == 0 else "assistant", "content": text},
        }
        for n, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def deleted(store: Path, other: Path) -> None:
    store.unlink()


def moved(store: Path, other: Path) -> None:
    store.rename(store.with_name("moved.hpm"))


def replaced(store: Path, other: Path) -> None:
    """A backup of the same store is put back, as an editor or a sync tool does it."""
    backup = store.with_name("backup.hpm")
    backup.write_bytes(store.read_bytes())
    os.replace(backup, store)


def another(store: Path, other: Path) -> None:
    os.replace(other, store)


def cut(store: Path, other: Path) -> None:
    os.truncate(store, store.stat().st_size // 2 // 8192 * 8192)


def overwritten(store: Path, other: Path) -> None:
    """As ``cp other.hpm store.hpm`` does it: the same file, another content."""
    store.write_bytes(other.read_bytes())


def overwritten_by_a_backup(store: Path, other: Path) -> None:
    """An earlier state of the same store is copied over it."""
    store.write_bytes(store.with_name("earlier.hpm").read_bytes())


IN_PLACE = (overwritten, overwritten_by_a_backup)
HAPPENINGS = (deleted, moved, replaced, another, overwritten, overwritten_by_a_backup, cut)


def mark(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    """What the window does for a person."""
    then()
    return memory.marks.set_pinned([1, 2], True)


def imported(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    then()
    return memory.import_paths([more])


def imported_in_part(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    return memory.import_paths([more], job=once(then))


def recall(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    memory.recall.ask("mine task 3")
    then()
    return memory.recall.ask("mine task 4")


def cycle(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    then()
    return memory.consolidation.run(20)


def cycle_in_part(memory: Memory, more: Path, then: Callable[[], None]) -> object:
    return memory.consolidation.run(20, job=once(then))


def once(then: Callable[[], None]) -> Job:
    done: list[bool] = []

    def look(_: object) -> None:
        if not done:
            done.append(True)
            then()

    return Job(look, 0)


WORK = (mark, imported, imported_in_part, recall, cycle, cycle_in_part)


@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_it_is_noticed_and_the_other_file_is_left_alone(
    store: Path,
    stores: Path,
    happening: Happening,
    work: Work,
    folded: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not folded and happening in IN_PLACE:
        pytest.skip("a file whose log waits to be folded may be between two states: not judged")
    reader = open_memory(store, read_only=True)
    memory = open_memory(store)
    reader.settings.all()
    monkeypatch.setattr(database, "FOLD_EVERY_S", 0 if folded else 9e99)
    memory.settings.set("colour", "red")  # acknowledged before it happened
    taken: list[bytes | None] = []

    def then() -> None:
        happening(store, store.with_name("other.hpm"))
        taken.append(store.read_bytes() if store.exists() else None)

    acknowledged: list[FileReport] = []
    hearing = partial(memory.import_paths, acknowledge=acknowledged.append)
    monkeypatch.setattr(memory, "import_paths", hearing)
    refusal = DamagedStore if happening is cut else HPMError
    with pytest.raises((StoreReplaced, refusal), match="Nothing was changed") as raised:
        work(memory, stores / "more-traces", then)
    assert str(store) in str(raised.value)
    assert not acknowledged
    assert reader.figures.health().problems
    memory.close()
    reader.close()
    if happening is cut:
        return
    assert (store.read_bytes() if store.exists() else None) == taken[0]
    assert not list(store.parent.glob("mine.hpm-*"))
    if happening is moved:
        with open_memory(store.with_name("moved.hpm"), read_only=True) as memory:
            assert memory.settings.all()["colour"] == "red"
            assert not memory.figures.health(check=True).problems
    if store.exists():
        with open_memory(store) as memory:
            assert not memory.figures.health(check=True).problems
            assert not memory.episodes.get([1])[0].pinned


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_health_says_so(store: Path, happening: Happening) -> None:
    with open_memory(store, read_only=True) as reader:
        reader.settings.all()
        happening(store, store.with_name("other.hpm"))
        assert reader.figures.health().problems


def test_a_whole_check_of_a_file_that_was_moved_says_so_too(store: Path) -> None:
    with open_memory(store, read_only=True) as reader:
        store.rename(store.with_name("moved.hpm"))
        (problem,) = reader.figures.health(check=True).problems
    assert "no longer there" in problem


def test_a_side_file_that_is_taken_away_is_noticed(store: Path) -> None:
    with open_memory(store) as memory:
        memory.settings.set("colour", "red")
        store.with_name("mine.hpm-wal").unlink()
        with pytest.raises(StoreReplaced, match=r"mine\.hpm-wal was deleted"):
            memory.settings.set("colour", "green")


def test_what_this_program_makes_smaller_itself_is_no_trouble(store: Path) -> None:
    with open_memory(store) as memory, open_memory(store) as second:
        before = store.stat().st_size
        memory.internals.database.execute("DELETE FROM texts")
        assert memory.internals.database.compact()
        assert store.stat().st_size < before
        memory.settings.set("colour", "red")
        second.settings.set("colour", "green")
