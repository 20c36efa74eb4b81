from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hpm_engine import Cancelled, Job, errors, open_memory
from hpm_engine.index import generation
from hpm_engine.index.building import IndexBuilder
from hpm_engine.index.cache import index_folder
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from tests.support.short_episodes import current, fill, remove
from tests.support.vector_searches import EXACT, build, queries, recall, steps


def folders(memory: Memory) -> set[str]:
    return {path.name for path in index_folder(memory.internals.database).iterdir()}


def answers(memory: Memory) -> list[list[int]]:
    index = steps(memory)
    return [index.search(query, 10)[0].tolist() for query in queries()]


def test_a_generation_is_the_same_whenever_it_is_built(large: Memory) -> None:
    before = answers(large)
    shutil.rmtree(index_folder(large.internals.database))
    assert build(large)
    assert answers(large) == before
    assert not build(large), "what is up to date was built again"


def test_a_store_without_its_cache_is_searched_all_the_same(large: Memory) -> None:
    shutil.rmtree(index_folder(large.internals.database))
    index = steps(large)
    assert recall(large, index) == 1.0 and index._base is None


@pytest.mark.parametrize("name", ["rows.i64", "positions.u32", "vectors.f16", "vectors.faiss"])
@pytest.mark.parametrize("change", ["flip", "cut", "remove"])
def test_a_file_that_is_not_what_it_was_is_never_read(
    large: Memory, name: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [folder] = index_folder(large.internals.database).iterdir()
    data = bytearray((folder / name).read_bytes())
    if change == "remove":
        (folder / name).unlink()
    else:
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data if change == "flip" else data[:-8])

    def loads(*_: object) -> None:
        raise AssertionError("a file of unknown origin was given to FAISS")

    monkeypatch.setattr(generation.load_faiss(), "deserialize_index", loads)
    index = steps(large)
    assert recall(large, index) == 1.0 and index._base is None


def test_a_damaged_generation_is_replaced(large: Memory) -> None:
    [folder] = index_folder(large.internals.database).iterdir()
    (folder / "vectors.faiss").write_bytes(b"something else")
    assert build(large)
    assert folders(large) != {folder.name}
    assert recall(large, steps(large)) >= 0.97


def test_a_whole_folder_put_in_place_of_another_is_not_read(large: Memory, tmp_path: Path) -> None:
    [folder] = index_folder(large.internals.database).iterdir()
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"trained_on":', b'"trained_on": '))
    index = steps(large)
    assert recall(large, index) == 1.0 and index._base is None


def test_a_store_whose_id_or_generation_is_a_path_reads_nothing_there(large: Memory) -> None:
    with large.internals.database.writing():
        large.internals.database.execute("UPDATE index_generations SET name = '../../other'")
    assert recall(large, steps(large)) == 1.0
    with large.internals.database.writing():
        large.internals.database.execute(
            "UPDATE settings SET value = '../x' WHERE name = 'store_id'"
        )
    with pytest.raises(errors.DamagedStore, match="no valid id"):
        index_folder(large.internals.database)


def test_a_build_that_is_stopped_anywhere_leaves_the_last_generation_in_use(
    large: Memory,
) -> None:
    before = folders(large)
    fill(large, 100, 40)

    class Stopping(Job):
        def __init__(self, left: int) -> None:
            super().__init__()
            self.left = left

        def step(self, *_: object, **__: object) -> None:
            self.left -= 1
            if self.left < 0:
                raise Cancelled

    builder = IndexBuilder(
        large.internals.database, large.internals.log, index_folder(large.internals.database), EXACT
    )
    stopped = 0
    for looks in range(0, 1_000, 60):
        try:
            builder.build(current(large), Stopping(looks))
            break
        except Cancelled:
            stopped += 1
            assert folders(large) == before
            assert recall(large, steps(large)) >= 0.97
    assert stopped > 3
    assert folders(large) != before and len(folders(large)) == 1


@pytest.mark.parametrize("breaks", ["write_index", "rename", "publish"])
def test_a_failure_at_any_stage_of_publishing_changes_nothing(
    large: Memory, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    before = folders(large)
    fill(large, 100, 40)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = {
        "write_index": (generation.load_faiss(), "write_index"),
        "rename": (Path, "rename"),
        "publish": (VectorRows, "publish"),
    }[breaks]
    monkeypatch.setattr(*target, fails)
    with pytest.raises((OSError, errors.CannotWrite)):
        build(large)
    monkeypatch.undo()
    assert recall(large, steps(large)) >= 0.97
    assert build(large)
    assert not before & folders(large)
    assert len(folders(large)) == 1


def test_deleted_vectors_are_gone_from_the_files_of_the_next_generation(large: Memory) -> None:
    index = steps(large)
    _, data = index.vectors(7)
    needle = data[0].astype("<f2").tobytes()

    def holds() -> bool:
        files = index_folder(large.internals.database).rglob("*")
        return any(needle in path.read_bytes() for path in files if path.is_file())

    assert holds()
    for episode_id in range(7, 50):
        remove(large, episode_id)
    assert build(large)
    assert not holds()
    assert len(steps(large)) == (300 - 43) * 40


def test_the_training_is_kept_until_the_vectors_have_doubled(large: Memory) -> None:
    first = steps(large)
    first.search(queries()[0], 1)
    assert first._base is not None
    trained_on = first._base.manifest.trained_on
    fill(large, 100, 40)
    assert build(large)
    fill(large, 250, 40)
    assert build(large)
    later = steps(large)
    assert recall(large, later) >= 0.97
    assert later._base is not None
    assert trained_on == 12_000 and later._base.manifest.trained_on == 26_000
    rows = [row for row in large.audit.page() if row.action == "index"]
    assert len(rows) == 3 and rows[-1].after == large.internals.database.value(
        "SELECT sha256 FROM index_generations"
    )


def test_a_reader_takes_the_new_generation_and_the_old_files_go(large: Memory) -> None:
    with open_memory(large.path, read_only=True) as reader:
        index = steps(reader)
        index.search(queries()[0], 1)
        assert index._base is not None
        before = index._base.name
        fill(large, 100, 40)
        assert build(large)
        assert recall(large, index) >= 0.97
        assert index._base.name != before
        assert folders(large) == {index._base.name}
