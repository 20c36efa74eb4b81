from __future__ import annotations

import numpy as np
import pytest

from hpm_engine import errors
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import StoredEncoder, VectorKind
from tests.support.written_episodes import step, write

D = 8


@pytest.fixture
def rows(memory: Memory) -> VectorRows:
    return VectorRows(memory.internals.database)


@pytest.fixture
def encoder(memory: Memory, rows: VectorRows) -> StoredEncoder:
    with memory.internals.database.writing():
        return rows.register(VectorKind.STEP, EncoderIdentity("test", "ab" * 32, D))


def put(memory: Memory, encoder: StoredEncoder, episode: int, steps: int) -> None:
    positions = np.arange(steps, dtype="<u4").tobytes()
    data = np.full((steps, D), episode, dtype="<f2").tobytes()
    with memory.internals.database.writing():
        VectorRows(memory.internals.database).put(encoder, episode, steps, positions, data)


def missing(rows: VectorRows, encoder: StoredEncoder) -> list[tuple[int, int, int]]:
    return [(gap.episode_id, gap.start, gap.stop) for gap in rows.missing(encoder, 0, 10)]


def test_vectors_come_back_as_they_were_and_later_ones_are_found_by_their_id(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    for key in "ab":
        write(memory, [step(1), step(2)], key=key)
    put(memory, encoder, 1, 2)
    [first] = rows.since(encoder)
    assert (first.episode_id, first.steps, first.count) == (1, 2, 2)
    assert np.frombuffer(first.data, "<f2").tolist() == [1.0] * 2 * D
    put(memory, encoder, 2, 2)
    put(memory, encoder, 1, 2)  # again: a new row, which an index must notice
    assert [row.episode_id for row in rows.since(encoder, first.id)] == [2, 1]
    assert sorted(rows.ids(encoder)) == [row.id for row in rows.since(encoder)]
    assert [row.episode_id for row in rows.get(encoder, [2, 7, 1])] == [2, 1]


def test_vectors_of_another_length_are_refused_and_nothing_is_stored(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    write(memory, [step(1)])
    with (
        pytest.raises(errors.MixedEncoders, match=r"episode 1: .*test, which has 8 floats"),
        memory.internals.database.writing(),
    ):
        rows.put(encoder, 1, 1, bytes(4), np.zeros(D + 1, "<f2").tobytes())
    assert list(rows.since(encoder)) == []


def test_an_encoder_is_itself_by_name_hash_dimension_and_kind(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    with memory.internals.database.writing():
        same = rows.register(VectorKind.STEP, EncoderIdentity("test", "ab" * 32, D))
        others = [
            rows.register(VectorKind.STEP, EncoderIdentity("test", "cd" * 32, D)),
            rows.register(VectorKind.STEP, EncoderIdentity("test", "ab" * 32, D + 1)),
            rows.register(VectorKind.MEAN, EncoderIdentity("test", "ab" * 32, D)),
        ]
    assert same == encoder
    assert len({encoder_row.id for encoder_row in [encoder, *others]}) == 4


def test_taking_an_encoder_into_use_removes_the_one_before_it_alone(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    write(memory, [step(1)])
    put(memory, encoder, 1, 1)
    with memory.internals.database.writing():
        rows.use(encoder)
        mean = rows.register(VectorKind.MEAN, EncoderIdentity("mean", "ab" * 32, D))
        rows.use(mean)
        later = rows.register(VectorKind.STEP, EncoderIdentity("later", "ef" * 32, D))
    put(memory, mean, 1, 1)
    put(memory, later, 1, 1)
    current = rows.current(VectorKind.STEP)
    assert current is not None and current.name == "test"
    with memory.internals.database.writing():
        rows.use(later)
    current = rows.current(VectorKind.STEP)
    assert current is not None and current.name == "later"
    assert rows.ids(encoder) == []
    assert len(rows.ids(later)) == len(rows.ids(mean)) == 1
    assert memory.figures.health(check=True).problems == ()


def test_steps_that_grow_or_change_lose_what_no_longer_fits_and_only_that(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    write(memory, [step(1), step(2)])
    assert missing(rows, encoder) == [(1, 0, 2)]
    put(memory, encoder, 1, 2)
    assert missing(rows, encoder) == []
    write(memory, [step(1), step(2), step(3)])  # grown: what there is stays true
    assert missing(rows, encoder) == [(1, 2, 3)]
    assert rows.count_missing(encoder) == 1
    put(memory, encoder, 1, 3)
    write(memory, [step(1), step(2, "changed"), step(3)], grown=True)
    assert missing(rows, encoder) == [(1, 0, 3)]
    assert list(rows.since(encoder)) == []


def test_a_rewrite_that_fails_keeps_the_vectors(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    write(memory, [step(1), step(2)])
    put(memory, encoder, 1, 2)
    write(memory, map(step, [5]))  # type: ignore[arg-type]  # older: undone after it began
    assert len(rows.ids(encoder)) == 1


def test_rows_that_somebody_changed_are_named_as_damage(
    memory: Memory, rows: VectorRows, encoder: StoredEncoder
) -> None:
    write(memory, [step(1)])
    put(memory, encoder, 1, 1)
    memory.internals.database.execute("UPDATE vectors SET data = x'00'")
    with pytest.raises(errors.DamagedStore, match="vectors of episode 1"):
        list(rows.since(encoder))
