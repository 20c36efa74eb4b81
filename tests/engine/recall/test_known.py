from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import (
    Known,
    Memory,
    RecallOptions,
    RecallScope,
    Weight,
    open_memory,
)
from hpm_engine.recall.weights import SHIPPED, PartName
from tests.support.shop import acted, add, asked

_TOPICS = {
    "shop": ("discount", "shop/discount.py", "apply the currency rate before the discount"),
    "ferry": ("timetable", "ferry/winter.py", "sort winter harbours in the timetable"),
}
CUE = "the discount uses the wrong currency rate"


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    """Six episodes of each of two projects, consolidated."""
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    with open_memory(tmp_path / "known.hpm", create=True) as memory:
        for project, (word, path, thought) in _TOPICS.items():
            for number in range(6):
                steps = [acted(f"{thought} {word}{n}", f"edit {path}") for n in range(5)]
                add(memory, f"{project}{number}", asked(thought), *steps, project=project)
        memory.recall.prepare()
        memory.encode()
        memory.consolidation.run()
        yield memory


def episodes(memory: Memory, project: str) -> set[int]:
    return {
        episode.id for episode in memory.episodes.get(range(1, 13)) if episode.project == project
    }


def test_what_is_generally_known_comes_with_its_sources(settled: Memory) -> None:
    recall = settled.recall.ask(CUE, 3)
    assert recall.known
    nearest = recall.known[0]
    assert nearest.label.paths == ("shop/discount.py",)
    assert set(nearest.sources) <= episodes(settled, "shop")
    assert "generally known here" in recall.context.text
    assert "> shop: apply the currency rate: shop/discount.py" in recall.context.text
    assert f"from episodes {nearest.sources[0]}" in recall.context.text
    assert recall.context.tokens <= recall.context.budget


def test_a_name_that_a_person_gave_stands_before_the_label(settled: Memory) -> None:
    nearest = settled.recall.ask(CUE, 3).known[0]
    assert nearest.name == "" and nearest.told.startswith("shop: apply the currency rate: ")
    edit = settled.consolidation.rename(nearest.prototype_id, "rates \u202e before discounts")
    recall = settled.recall.ask(CUE, 3)
    assert recall.known[0].name == "rates \u202e before discounts"
    assert "\n> rates ⟦RLO⟧ before discounts: shop/discount.py" in recall.context.text
    settled.marks.undo(edit)
    assert settled.recall.ask(CUE, 3).known[0] == nearest


def test_it_ranks_the_episodes_of_a_near_prototype_where_it_is_asked_to(settled: Memory) -> None:
    weights = (*SHIPPED, Weight(PartName.PROTOTYPES, 1.0))
    on = settled.recall.ask(CUE, 12, options=RecallOptions(weights=weights))
    off = settled.recall.ask(CUE, 12)
    raw = {
        hit.episode.id: part.raw
        for hit in on.hits
        for part in hit.parts
        if part.name == PartName.PROTOTYPES
    }
    shop = episodes(settled, "shop")
    assert min(raw[key] for key in shop & set(raw)) > max(
        (raw[key] for key in set(raw) - shop), default=-1.0
    )
    assert all(part.name != PartName.PROTOTYPES for hit in off.hits for part in hit.parts)


def test_nothing_is_told_of_episodes_outside_the_scope(settled: Memory) -> None:
    inside = settled.recall.ask(CUE, 3, RecallScope(project="shop"))
    outside = settled.recall.ask(CUE, 3, RecallScope(project="ferry"))
    assert inside.known
    assert all(set(known.sources) <= episodes(settled, "ferry") for known in outside.known)
    assert "discount" not in outside.context.text
    left_out = inside.known[0].sources[0]
    without = settled.recall.ask(CUE, 3, without=[left_out])
    assert all(left_out not in known.sources for known in without.known)


def test_it_follows_cycles_and_their_undoing(settled: Memory) -> None:
    before: tuple[Known, ...] = settled.recall.ask(CUE, 3).known
    settled.consolidation.undo()
    assert settled.recall.ask(CUE, 3).known == ()
    settled.consolidation.run()
    again = settled.recall.ask(CUE, 3).known
    assert [known.score for known in again] == [known.score for known in before]


def test_a_small_budget_is_for_hits_first(settled: Memory) -> None:
    recall = settled.recall.ask(CUE, 3, options=RecallOptions(budget=220))
    assert "generally known here" not in recall.context.text
    assert recall.context.tokens <= 220
