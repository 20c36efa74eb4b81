"""The check finds texts and original bytes that changed behind the program's back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from hpm_engine import Cancelled, Job, Progress, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.schema.rehash import NAMED
from tests.support.store_statements import change

SAID = [f"note {number} about the harbour" for number in range(30)]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two conversations of 30 prompts each, whose answers are all the same."""
    for key in ("ferry", "tides"):
        messages = [
            {"role": role, "content": text}
            for said in SAID
            for role, text in (("user", f"{key}: {said}"), ("assistant", f"{key}: noted " * 40))
        ]
        (tmp_path / f"{key}.json").write_text(json.dumps(messages))
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([tmp_path / "ferry.json", tmp_path / "tides.json"])
    return path


def problems(path: Path, job: Job | None = None) -> tuple[str, ...]:
    with open_memory(path, read_only=True) as memory:
        return memory.figures.health(check=True, job=job).problems


def damage(path: Path, text: str, by: bytes | None = None) -> None:
    """Put other bytes in a text's place, packed as the store packs."""
    connection = load_driver().connect(str(path))
    other = text.encode().swapcase() if by is None else by
    packed = zstandard.ZstdCompressor(level=1).compress(other)
    rows = connection.execute("SELECT id, size, data FROM texts").fetchall()
    [key] = [key for key, size, data in rows if unpacked(data, size) == text.encode()]
    data = packed if len(packed) < len(other) else other
    connection.execute("UPDATE texts SET data = ? WHERE id = ?", (data, key))
    connection.commit()
    connection.close()


def unpacked(data: bytes, size: int) -> bytes:
    return data if len(data) == size else zstandard.ZstdDecompressor().decompress(data)


def test_a_sound_store_has_no_problem_and_the_quick_look_does_not_hash(store: Path) -> None:
    assert problems(store) == ()
    damage(store, f"ferry: {SAID[3]}")
    with open_memory(store, read_only=True) as memory:
        assert memory.figures.health().problems == ()


def test_a_damaged_text_is_named_by_its_step_with_the_remedy(store: Path) -> None:
    damage(store, f"ferry: {SAID[3]}")
    damage(store, "tides: noted " * 40)
    [problem] = problems(store)
    with open_memory(store, read_only=True) as memory:
        [step] = memory.steps.read(1, 6, 7)
        assert step.parts[0].text == f"ferry: {SAID[3]}".swapcase()
    assert problem.startswith("Damaged texts") and "): 2, of " in problem
    assert "of episode 1, step 7; episode 2, step 2 and of 29 more." in problem
    assert "Restore a backup; or" in problem and "hpm raw STORE EPISODE -o FILE" in problem


@pytest.mark.parametrize(
    "by", [b"short", b"x" * 5_000_000, "ferry: noted ".encode("utf-16") * 40, b""]
)
def test_a_text_of_another_length_is_damaged(store: Path, by: bytes) -> None:
    damage(store, "ferry: noted " * 40, by)
    [problem] = problems(store)
    assert "): 1, of episode 1, step 2 and of 29 more." in problem


def test_of_many_the_first_are_named_and_the_others_counted(store: Path) -> None:
    change(store, "UPDATE texts SET sha256 = randomblob(32)")
    [problem] = problems(store)
    assert problem.count("episode 1, step ") == NAMED
    assert f"; and {62 - NAMED} more." in problem


def test_damaged_originals_are_named_with_their_episodes(store: Path) -> None:
    change(store, "UPDATE sources SET sha256 = randomblob(32) WHERE path LIKE '%tides%'")
    [problem] = problems(store)
    assert problem.startswith("Files with damaged original bytes") and "): 1, " in problem
    assert "tides.json (episode 2)." in problem
    change(store, "UPDATE raw_chunks SET data = x'0102'")
    [problem] = problems(store)
    assert "): 2, " in problem and "ferry.json (episode 1); " in problem


def test_the_check_tells_how_far_it_is_and_stops_when_asked(store: Path) -> None:
    steps: list[Progress] = []
    problems(store, Job(steps.append, interval=0))
    hashing = [progress for progress in steps if progress.note == "hashing texts"]
    assert hashing[0].done == 0 and {progress.total for progress in hashing} == {62}
    assert hashing[-1].done == 61
    assert any(progress.note == "hashing original bytes" for progress in steps)

    def stop(progress: Progress) -> None:
        if progress.note == "hashing texts" and progress.done == 30:
            job.cancel()

    job = Job(stop, interval=0)
    with pytest.raises(Cancelled):
        problems(store, job)
