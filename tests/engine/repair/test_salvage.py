"""What intact pages hold is saved of a file with noise in it, and the new store is sound."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import Cancelled, CannotWrite, Job, open_memory, plan_repair, salvage
from hpm_engine.cli.root import hpm
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.written_episodes import write

_EPISODES, _STEPS = 60, 30
_PAGE = 8192


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "s.hpm"
    chance = random.Random(5)
    with open_memory(path, create=True) as memory:
        for number in range(_EPISODES):
            steps = [
                StepDraft(
                    StepSource.USER,
                    (Part(PartKind.MESSAGE, f"{number} {seq} {chance.randbytes(60).hex()}"),),
                    seq,
                )
                for seq in range(_STEPS)
            ]
            write(memory, steps, key=f"k{number}", task=f"task {number}")
        memory.marks.set_pinned([1], True)
        for number in range(40):
            memory.settings.set("colour", str(number))
        memory.recall.prepare()
    return path.read_bytes()


def saved(path: Path) -> dict[tuple[str, int], str]:
    with open_memory(path, read_only=True) as memory:
        rows = memory.internals.database.rows("SELECT id, key FROM episodes")
        return {
            (key, step.seq): step.parts[0].text
            for episode, key in rows
            for step in memory.internals.steps.steps(episode, 0, None)
            if step.parts
        }


def damaged(content: bytes, path: Path, seed: int, pages: int) -> set[int]:
    """Noise over some pages; the first and those of the schema are left alone."""
    chance, noisy = random.Random(seed), bytearray(content)
    others = [
        page
        for page in range(1, len(content) // _PAGE)
        if b"CREATE " not in content[page * _PAGE : (page + 1) * _PAGE]
    ]
    chosen = set(chance.sample(others, pages))
    for page in chosen:
        start, size = page * _PAGE, _PAGE if chance.random() < 0.7 else 200
        noisy[start : start + size] = chance.randbytes(size)
    path.write_bytes(noisy)
    return chosen


def test_a_whole_store_comes_through_whole(content: bytes, tmp_path: Path) -> None:
    path, new = tmp_path / "s.hpm", tmp_path / "new.hpm"
    path.write_bytes(content)
    report = salvage(path, new)
    assert report.lost == ()
    assert report.log_rows
    assert (report.episodes, report.steps) == (_EPISODES, _EPISODES * _STEPS)
    assert saved(new) == saved(path)
    assert new.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == content
    with open_memory(new) as memory:
        assert memory.settings.all()["colour"] == "39"
        assert not plan_repair(memory).needed
        assert memory.internals.database.value("SELECT pinned FROM episodes WHERE id = 1")


@pytest.mark.parametrize("seed", range(3, 7))
def test_noise_takes_only_what_lay_in_it(content: bytes, tmp_path: Path, seed: int) -> None:
    path, new, whole = (tmp_path / f"{name}.hpm" for name in ("s", "new", "whole"))
    whole.write_bytes(content)
    pages = damaged(content, path, seed, 1 + seed)
    before = path.read_bytes()
    report = salvage(path, new, actor="somebody")
    assert path.read_bytes() == before
    with open_memory(new) as memory:
        assert not memory.figures.health(check=True).problems
        assert not plan_repair(memory).needed
        begin, first = memory.audit.page()[:2]
        assert (begin.action, first.action, first.actor) == ("create", "salvage", "somebody")
        assert json.loads(first.detail)["episodes"] == report.episodes
    real, there = saved(whole), saved(new)
    right = sum(there.get(key) == text for key, text in real.items())
    # Rows of a hundred steps and their texts lie in a page of each table.
    assert right >= len(real) - 350 * len(pages)
    assert not [key for key, text in there.items() if key in real and _is_other(text, real[key])]
    assert report.lost or there == real


def _is_other(text: str, real: str) -> bool:
    return text != real and "could not be read in the damaged file" not in text


def test_nothing_is_replaced_or_left(content: bytes, tmp_path: Path) -> None:
    path, new = tmp_path / "s.hpm", tmp_path / "new.hpm"
    path.write_bytes(content)
    new.write_bytes(b"precious")
    with pytest.raises(CannotWrite, match="something already"):
        salvage(path, new)
    assert new.read_bytes() == b"precious"
    new.unlink()
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        salvage(path, new, job)
    assert [each.name for each in tmp_path.iterdir()] == ["s.hpm"]


def test_the_command_names_what_is_lost(content: bytes, tmp_path: Path) -> None:
    path, new = tmp_path / "s.hpm", tmp_path / "new.hpm"
    damaged(content, path, 3, 12)
    done = CliRunner().invoke(hpm, ["doctor", str(path), "--salvage", str(new)])
    assert done.exit_code == 0, done.output
    assert "LOST:" in done.output
    assert "episodes" in done.output
