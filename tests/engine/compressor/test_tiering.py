from __future__ import annotations

import msgspec

from hpm_engine import AgeingSettings, Kept, Memory
from hpm_engine.compressor.ageing.due_moves import moves, spared
from hpm_engine.config import BUFFER_SIZE
from hpm_engine.recall.working_memory import WorkingMemory
from hpm_engine.store.recall_log import HALF_LIFE, heat_at
from hpm_engine.store.search.recall_scope import ScopeRows, Standing
from hpm_engine.values.episodes import Step, StepFlag, StepSource
from tests.support.shop import CUE, shop

DAY = 86_400 * 1_000_000
NOW = 1_000 * DAY


def standing(key: int, kept: Kept, **fields: object) -> Standing:
    values = {"at": NOW - 300 * DAY, "pinned": False, "outcome": "unknown", "times": 0, "heat": 0.0}
    return Standing(key, kept=kept, recalled_at=None, **(values | fields))  # type: ignore[arg-type]


def used(key: int, kept: Kept, heat: float, ago: int = 0, **fields: object) -> Standing:
    row = standing(key, kept, times=5, heat=heat, **fields)
    return Standing(row.episode_id, row.at, row.pinned, row.kept, "unknown", 5, heat, NOW - ago)


def test_heat_halves_in_a_half_life() -> None:
    assert heat_at(4.0, 0, HALF_LIFE) == 2.0
    assert heat_at(4.0, 100, 50) == 4.0


def test_what_is_used_comes_back_whole_the_hottest_first() -> None:
    rows = [
        used(1, Kept.COMPRESSED, 2.5),
        used(2, Kept.EVICTED, 9.0),
        used(3, Kept.COMPRESSED, 2.5, ago=HALF_LIFE),
        standing(4, Kept.COMPRESSED),
        standing(5, Kept.COMPRESSED, pinned=True),
        used(6, Kept.WHOLE, 9.0),
    ]
    tier_moves = moves(rows, NOW)
    assert [(move.episode_id, move.becomes) for move in tier_moves] == [
        (1, Kept.WHOLE),
        (5, Kept.WHOLE),
    ]
    assert tier_moves[1].reason == "pinned"


def test_recalls_that_were_ignored_warm_less_where_a_store_wants_that() -> None:
    ignored = msgspec.structs.replace(used(1, Kept.COMPRESSED, 2.5), ignored=3)
    unknown = used(2, Kept.COMPRESSED, 2.5)
    taken = msgspec.structs.replace(used(3, Kept.COMPRESSED, 2.5), used=4, ignored=1)
    rows = [ignored, unknown, taken]
    assert {move.episode_id for move in moves(rows, NOW)} == {1, 2, 3}
    assert {move.episode_id for move in moves(rows, NOW, by_use=True)} == {2, 3}
    assert spared(rows, NOW, 0) == {1, 2, 3}
    assert spared(rows, NOW, 0, by_use=True) == {2, 3}


def test_only_old_unused_unpinned_episodes_beyond_the_newest_go_down() -> None:
    newest = [standing(key, Kept.WHOLE) for key in range(1000, 1000 + BUFFER_SIZE.value)]
    older = NOW - 400 * DAY
    rows = [
        standing(1, Kept.WHOLE, at=older),
        standing(2, Kept.WHOLE, at=older, pinned=True),
        used(3, Kept.WHOLE, 1.0, at=older),
        used(4, Kept.WHOLE, 1.0, ago=3 * HALF_LIFE, at=older),
        standing(5, Kept.COMPRESSED, at=older),
    ]
    tier_moves = moves([*rows, *newest], NOW)
    assert [move.episode_id for move in tier_moves] == [1, 4]
    assert {move.becomes for move in tier_moves} == {Kept.COMPRESSED}
    young = [standing(key, Kept.WHOLE, at=NOW - DAY) for key in range(200)]
    assert moves(young, NOW) == []


def test_recalls_make_an_episode_hot(memory: Memory) -> None:
    ids = shop(memory)
    for _ in range(3):
        memory.recall.ask(CUE, k=1)
    rows = {
        standing.episode_id: standing
        for standing in ScopeRows(memory.internals.database).standings()
    }
    assert rows[ids["basket"]].times == 3
    assert 2.9 < rows[ids["basket"]].heat <= 3
    assert rows[ids["login"]].times == 0


def step(episode_id: int, seq: int) -> Step:
    return Step(episode_id, seq, StepSource.AGENT, StepFlag.NONE, None, "", None, None, ())


def test_working_memory_keeps_what_is_used_and_lets_the_coldest_go() -> None:
    reads: list[int] = []
    working = WorkingMemory(capacity=2)

    def use(key: int, digest: bytes = b"a") -> None:
        def read(places: list[tuple[int, int]]) -> list[Step]:
            reads.extend(episode_id for episode_id, _ in places)
            return [step(*step_key) for step_key in places]

        steps = working.steps([(key, 0)], {key: digest}, read)
        assert steps == {(key, 0): step(key, 0)}

    for key in (1, 1, 1, 2, 3):
        use(key)
    assert reads == [1, 2, 3]
    assert working.hot() == [1, 3]
    use(1)
    assert reads == [1, 2, 3]
    use(2)
    assert reads == [1, 2, 3, 2]
    use(1, b"changed")
    assert reads[-1] == 1
    working.forget(1)
    assert 1 not in working.hot()


def test_that_use_counts_is_kept_among_the_settings_and_off_as_shipped(memory: Memory) -> None:
    ageing = memory.compression.ageing
    assert not ageing.settings().by_use
    ageing.set(AgeingSettings(by_use=True))
    assert ageing.settings().by_use
    ageing.set(AgeingSettings())
    assert not ageing.settings().by_use
