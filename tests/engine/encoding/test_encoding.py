from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hpm_engine import Cancelled, Job, open_memory
from hpm_engine.encoder.step_text import action_text
from hpm_engine.index.cache import index_folder
from hpm_engine.index.vector_index import StepIndex
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.episodes import StepFlag
from hpm_engine.values.vectors import VectorKind
from tests.support.short_episodes import current, said, vectors, write, write_all
from tests.support.word_encoder import WordEncoder


def many(count: int = 30, steps: int = 7) -> dict[str, list[object]]:
    return {
        f"e{n}": [said(f"step {s} of {n} word{n * s}") for s in range(steps)] for n in range(count)
    }  # type: ignore[dict-item]


def test_each_step_that_says_something_has_its_encoders_vector(memory: Memory) -> None:
    [episode] = write_all(
        memory,
        {"a": [said("alpha beta"), said("x", StepFlag.COPIED), said("   "), said("gamma")]},
    )
    encoder = WordEncoder()
    report = memory.encode(encoder=encoder)
    assert (report.episodes, report.steps, report.vectors) == (1, 4, 2)
    [row] = VectorRows(memory.internals.database).get(current(memory), [episode])
    assert np.frombuffer(row.positions, "<u4").tolist() == [0, 3]
    expected = encoder.encode(["alpha beta", "gamma"])
    assert np.allclose(vectors(memory)[episode], expected, atol=1e-3)
    mean = expected.sum(axis=0)
    [unit] = vectors(memory, VectorKind.MEAN)[episode]
    assert np.allclose(unit, mean / np.linalg.norm(mean), atol=1e-3)


def test_only_what_is_missing_is_encoded(memory: Memory) -> None:
    write(memory, "a", "one", "two")
    memory.encode(encoder=WordEncoder())
    rows = memory.audit.count()
    again = WordEncoder()
    assert memory.encode(encoder=again).steps == 0
    assert again.calls == [] and memory.audit.count() == rows
    write(memory, "a", "one", "two", "three")
    write(memory, "b", "four")
    memory.encode(encoder=again)
    assert [list(texts) for texts in again.calls] == [["three"], ["four"]]


def test_growing_and_changing_ends_as_encoding_the_last_state_once(
    memory: Memory, tmp_path: Path
) -> None:
    for texts in (["one"], ["one", "two"], ["one", "other", "three"], ["0", "other", "three"]):
        write(memory, "a", *texts)
        memory.encode(encoder=WordEncoder())
    with open_memory(tmp_path / "once.hpm", create=True) as once:
        write(once, "a", *texts)
        once.encode(encoder=WordEncoder())
        for kind in VectorKind.STEP, VectorKind.MEAN:
            assert np.array_equal(vectors(memory, kind)[1], vectors(once, kind)[1])


def test_an_episode_may_begin_with_nothing_to_encode(memory: Memory) -> None:
    write(memory, "a", " ")
    memory.encode(encoder=WordEncoder())
    index = StepIndex(
        memory.internals.database, WordEncoder().identity, index_folder(memory.internals.database)
    )
    assert [len(part) for part in index.vectors(1)] == [0, 0]
    write(memory, "a", " ", "two")
    memory.encode(encoder=WordEncoder())
    positions, data = index.vectors(1)
    assert positions.tolist() == [1] and data.shape == (1, 32)


def test_a_run_stopped_again_and_again_ends_as_one_that_was_not(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.encoding.steps._BATCH", 20)
    write_all(memory, many())  # type: ignore[arg-type]

    class Stops(WordEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.calls) == 5:
                job.cancel()
            return super().encode(texts)

    stops = 0
    for _ in range(100):
        job = Job()
        try:
            memory.encode(encoder=Stops(), job=job)
            break
        except Cancelled:
            stops += 1
    assert stops > 3
    with open_memory(tmp_path / "once.hpm", create=True) as once:
        write_all(once, many())  # type: ignore[arg-type]
        once.encode(encoder=WordEncoder())
        for kind in VectorKind.STEP, VectorKind.MEAN:
            mine, theirs = vectors(memory, kind), vectors(once, kind)
            assert mine.keys() == theirs.keys()
            assert all(np.array_equal(mine[key], theirs[key]) for key in mine)
    assert memory.audit.verify().broken_at is None


def test_the_old_encoders_vectors_stay_in_use_until_the_new_ones_are_complete(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.encoding.steps._BATCH", 20)
    write_all(memory, many())  # type: ignore[arg-type]
    memory.encode(encoder=WordEncoder(seed=1))
    before = vectors(memory)
    job = Job()

    class Stops(WordEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.calls) == 10:
                job.cancel()
            return super().encode(texts)

    with pytest.raises(Cancelled):
        memory.encode(encoder=Stops(dimension=64, seed=2), job=job)
    assert current(memory).sha256.endswith("1")
    assert all(np.array_equal(before[key], row) for key, row in vectors(memory).items())
    rest = WordEncoder(dimension=64, seed=2)
    memory.encode(encoder=rest)
    assert len(rest.calls) < 30, "what the stopped run had done was done again"
    for kind in VectorKind.STEP, VectorKind.MEAN:
        assert current(memory, kind).dimension == 64
    assert {row.shape[1] for row in vectors(memory).values()} == {64}
    assert {encoder.dimension for encoder in VectorRows(memory.internals.database).encoders()} == {
        64
    }


def test_an_episode_that_changes_while_it_is_encoded_is_left_to_the_next_run(
    memory: Memory,
) -> None:
    write(memory, "a", "one", "two")

    class Slow(WordEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if not self.calls:
                write(memory, "a", "changed", "two")
            return super().encode(texts)

    memory.encode(encoder=Slow())
    assert vectors(memory) == {}
    memory.encode(encoder=WordEncoder())
    assert np.allclose(vectors(memory)[1], WordEncoder().encode(["changed", "two"]), atol=1e-3)


def test_each_batch_has_its_audit_row_that_names_encoder_and_episodes(memory: Memory) -> None:
    ids = [write(memory, key, "text") for key in "ab"]
    memory.encode(encoder=WordEncoder())
    rows = [
        row for row in memory.audit.page() if row.action in ("add encoder", "use encoder", "encode")
    ]
    assert [row.action for row in rows] == ["add encoder", "use encoder", "encode"]
    assert rows[2].subject == f"encoder:{current(memory).id}"
    assert json.loads(rows[2].detail) == {
        "episodes": 2,
        "first": ids[0],
        "last": ids[1],
        "vectors": 2,
    }
    assert rows[1].after == WordEncoder().identity.sha256


def test_a_calls_arguments_are_encoded_as_text_and_results_not_at_all(memory: Memory) -> None:
    from hpm_engine.values.drafts import StepDraft
    from hpm_engine.values.episodes import Part, PartKind, StepSource

    parts = (
        Part(PartKind.REASONING, "thinking"),
        Part(PartKind.CALL, r'{"command": "a\nb", "n": [1, {"x": "deep"}]}', "bash", "c"),
        Part(PartKind.CALL, "{not json", "edit", "d"),
        Part(PartKind.RESULT, "a long listing", "", "c"),
    )
    [episode] = write_all(memory, {"a": [StepDraft(StepSource.AGENT, parts, 1)]})
    [step] = memory.steps.read(episode)
    assert action_text(step) == "thinking\nbash a\nb\n1\ndeep\nedit {not json"
