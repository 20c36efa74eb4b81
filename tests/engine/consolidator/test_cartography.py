from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hpm_engine import Cancelled, CannotWrite, Job, MapMoment, MapState, NotFound, PrototypeMap
from hpm_engine.config import MAP_LAID_OUT, MAP_SHOWN, MAP_UNCHANGED
from hpm_engine.consolidator import cartography
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.job import Progress
from hpm_engine.memory import Memory
from hpm_engine.projection.quick import diameter, placed, principal, strewn
from tests.support.compiled import share_compiled
from tests.support.lessons import write_lessons


@pytest.fixture
def shared_compilation(tmp_path: Path) -> None:
    share_compiled(tmp_path / "cache")


def places(prototype_map: PrototypeMap) -> dict[int, NDArray[np.float32]]:
    rows = np.frombuffer(prototype_map.places, "<f4").reshape(-1, 2)
    return {
        prototype.id: row for prototype, row in zip(prototype_map.prototypes, rows, strict=True)
    }


def points(prototype_map: PrototypeMap) -> NDArray[np.float32]:
    return np.frombuffer(prototype_map.memories.places, "<f4").reshape(-1, 2)


def drawn(memory: Memory) -> tuple[dict[int, NDArray[np.float32]], float]:
    prototype_map = memory.consolidation.map.read()
    return places(prototype_map), diameter(points(prototype_map))


def test_without_a_fit_there_is_a_quick_map_at_once(memory: Memory) -> None:
    empty = memory.consolidation.map.read()
    assert (empty.prototypes, len(empty.memories)) == ((), 0)
    memory.consolidation.run(120)
    prototype_map = memory.consolidation.map.read()
    assert (prototype_map.state, prototype_map.fitted, prototype_map.total) == (
        MapState.QUICK,
        0,
        120,
    )
    counts = [prototype.count for prototype in prototype_map.prototypes]
    assert counts == sorted(counts, reverse=True)
    assert len(prototype_map.memories) == 120
    owners = np.frombuffer(prototype_map.memories.owners, "<i4")
    centres = np.array(list(places(prototype_map).values()))
    away = np.linalg.norm(points(prototype_map) - centres[owners], axis=1)
    assert away.max() < 0.15 * diameter(centres)
    projects = {background.project for background in prototype_map.backgrounds}
    assert projects == {"alpha", "beta", "gamma"}


def test_a_fitted_map_stays_put_from_one_cycle_to_the_next(
    memory: Memory, shared_compilation: None
) -> None:
    tier = memory.consolidation
    tier.run(60)
    first = tier.map.fit(Job())
    assert (first.state, first.fitted) == (MapState.LAID_OUT, 60)
    assert _separates(first)
    assert np.array_equal(points(first), points(tier.map.read()))  # kept for the next opening
    audit = memory.audit.count()
    tier.run(20)
    behind = tier.map.read()
    assert behind.state is MapState.BEHIND
    known = places(first)
    assert all(np.array_equal(places(behind)[key], known[key]) for key in known)
    second = tier.map.fit(Job())
    assert second.state is MapState.LAID_OUT
    means = {prototype.id: np.frombuffer(prototype.mean, "<f4") for prototype in first.prototypes}
    same = [
        prototype.id
        for prototype in second.prototypes
        if prototype.id in means
        and 1 - np.frombuffer(prototype.mean, "<f4") @ means[prototype.id] <= MAP_UNCHANGED.value
    ]
    assert same
    assert all(np.array_equal(places(second)[key], known[key]) for key in same)
    assert memory.audit.count() == audit + 1  # the cycle alone: a map is no change of the store


def _separates(prototype_map: PrototypeMap) -> bool:
    """Whether memories of a topic lie nearer to their own than to others."""
    background_rows = np.frombuffer(prototype_map.memories.backgrounds, "<i4")
    topics = np.array([background.project for background in prototype_map.backgrounds])[
        background_rows
    ]
    spots = points(prototype_map)
    off = np.linalg.norm(spots[:, None] - spots[None], axis=2)
    np.fill_diagonal(off, np.inf)
    return bool((topics[off.argmin(axis=1)] == topics).mean() > 0.9)


def test_a_stopped_fit_ends_its_process_and_keeps_the_map_before(memory: Memory) -> None:
    memory.consolidation.run(60)

    def stop(progress: Progress) -> None:
        if progress.note == "laying out the map":
            job.cancel()

    job = Job(stop, interval=0)
    with pytest.raises(Cancelled):
        memory.consolidation.map.fit(job)
    assert memory.consolidation.map.read().state is MapState.QUICK


def test_a_fit_that_fails_says_why(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.consolidation.run(60)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(CannotWrite, match="could not be laid out: its process ended"):
        memory.consolidation.map.fit(Job())


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, "cut", "not a number"])
def test_a_damaged_file_in_the_cache_is_no_map(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, damage: bytes | str
) -> None:
    tier = memory.consolidation
    tier.run(60)
    monkeypatch.setattr(cartography, "fit", _instead_of_umap)
    assert tier.map.fit(Job()).state is MapState.LAID_OUT
    file = next((Path(memory.path).parent / "cache" / "maps").iterdir())
    data = file.read_bytes()
    if damage == "cut":
        damage = data[: len(data) // 2]
    elif damage == "not a number":
        damage = data[:-200] + b"\xff" * 160 + data[-40:]
    file.write_bytes(damage)  # type: ignore[arg-type]
    assert tier.map.read().state is MapState.QUICK


def _instead_of_umap(
    rows: NDArray[np.float32],
    start: NDArray[np.float32],
    held: NDArray[np.bool_],
    rest: NDArray[np.float32],
    **_: object,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Seconds less: what it starts from, which is all that these tests look at."""
    return start, placed(rest, rows, start)


def test_more_memories_than_are_fitted_are_put_among_them(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cartography, "fit", _instead_of_umap)
    monkeypatch.setattr(cartography, "MAP_LAID_OUT", MAP_LAID_OUT._replace(value=50))
    monkeypatch.setattr(cartography, "MAP_SHOWN", MAP_SHOWN._replace(value=90))
    memory.consolidation.run(120)
    prototype_map = memory.consolidation.map.fit(Job())
    assert (prototype_map.fitted, len(prototype_map.memories), prototype_map.total) == (50, 90, 120)
    assert _separates(prototype_map)


def test_vectors_of_another_encoder_begin_another_map(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cartography, "fit", _instead_of_umap)
    memory.consolidation.run(60)
    memory.consolidation.map.fit(Job())
    write_lessons(memory, "delta", 20, EncoderIdentity("other", "1" * 64, 32))
    with pytest.raises(NotFound, match="another model than the store has"):
        memory.consolidation.map.fit(Job())
    memory.consolidation.run(40)
    assert memory.consolidation.map.read().state is MapState.QUICK


def test_the_last_cycles_are_replayed_on_todays_map(memory: Memory) -> None:
    tier = memory.consolidation
    counts = []
    for _ in range(3):
        tier.run(30)
        counts.append({prototype.id: prototype.count for prototype in tier.prototypes()})
    tier.forget([max(counts[-1], key=lambda key: counts[-1][key])])
    moments = tier.map.moments()
    assert [moment.cycle_id for moment in moments] == [0, 1, 2, 3, 4]
    assert moments[0].ids == ()
    for moment, expected in zip(moments[1:4], counts, strict=True):
        shown = dict(zip(moment.ids, np.frombuffer(moment.counts, "<f4"), strict=True))
        assert shown == pytest.approx(expected, rel=1e-5)
    assert _spots(moments[-1]) == {key: pytest.approx(xy) for key, xy in drawn(memory)[0].items()}
    tier.undo()
    assert [moment.cycle_id for moment in tier.map.moments()] == [0, 1, 2, 3]


def _spots(moment: MapMoment) -> dict[int, NDArray[np.float32]]:
    rows = np.frombuffer(moment.places, "<f4").reshape(-1, 2)
    return dict(zip(moment.ids, rows, strict=True))


def test_what_did_not_change_does_not_move_through_the_cycles(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    before = {prototype.id: prototype.mean for prototype in tier.prototypes()}
    tier.forget([tier.prototypes()[0].id])
    moments = tier.map.moments()
    first, last = _spots(moments[-2]), _spots(moments[-1])
    same = [
        prototype.id for prototype in tier.prototypes() if prototype.mean == before[prototype.id]
    ]
    assert same and all(np.array_equal(first[key], last[key]) for key in same)


def test_quick_places() -> None:
    random = np.random.default_rng(1)
    rows = random.standard_normal((40, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    spots = principal(rows)
    assert spots.shape == (40, 2) and np.abs(spots).max() == pytest.approx(10)
    assert np.array_equal(principal(rows[:1]), np.zeros((1, 2)))
    assert np.allclose(placed(rows, rows, spots, 1e4), spots, atol=1e-3)
    apart = placed(-rows[:3], rows[:3], spots[:3])  # nothing is near: still somewhere among them
    assert np.isfinite(apart).all() and np.abs(apart).max() <= 10
    about = strewn(spots[:2], np.array([0, 1, 0, 0], np.int32))
    assert len(np.unique(about, axis=0)) == 4
    assert strewn(spots[:2], np.zeros(0, np.int32)).shape == (0, 2)
