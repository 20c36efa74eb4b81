from __future__ import annotations

import pytest

from hpm_engine import errors
from hpm_engine.memory import Memory
from hpm_engine.values.episodes import EpisodeQuery, Outcome, Part, PartKind, SortColumn
from tests.support.written_episodes import step, write, write_parts


@pytest.fixture
def shelf(memory: Memory) -> Memory:
    write(memory, [step(1, "alpha beta"), step(2, "gamma")], key="a", project="x", task="Zeta")
    write(memory, [step(3, "beta alpha")], key="b", project="y", task="eta", parent_key="a")
    write(memory, [step(5, "gamma delta")], key="c", project="y", task="Theta", outcome="success")
    return memory


def ids(memory: Memory, **query: object) -> list[int]:
    results = memory.episodes.find(EpisodeQuery(**query))  # type: ignore[arg-type]
    return results.window(0, len(results))


def test_newest_first_unless_asked_otherwise(shelf: Memory) -> None:
    assert ids(shelf) == [3, 2, 1]
    assert ids(shelf, descending=False) == [1, 2, 3]
    assert ids(shelf, sort=SortColumn.TITLE, descending=False) == [2, 3, 1]
    assert ids(shelf, sort=SortColumn.STEPS) == [1, 3, 2]


@pytest.mark.parametrize("column", list(SortColumn))
def test_every_column_sorts_both_ways(shelf: Memory, column: SortColumn) -> None:
    up = ids(shelf, sort=column, descending=False)
    assert sorted(up) == [1, 2, 3] and sorted(ids(shelf, sort=column)) == [1, 2, 3]


def test_filters_combine(shelf: Memory) -> None:
    assert ids(shelf, project="y") == [3, 2]
    assert ids(shelf, project="y", top_level=True) == [3]
    assert ids(shelf, outcome=Outcome.SUCCESS) == [3]
    assert ids(shelf, has_error=True) == []


def test_words_phrases_and_exclusions_find_steps(shelf: Memory) -> None:
    results = shelf.episodes.find(EpisodeQuery(text="alpha beta"))
    assert (len(results), results.hits) == (2, 2)
    assert ids(shelf, text='"alpha beta"') == [1]
    assert ids(shelf, text="gamma -delta") == [1]
    assert ids(shelf, text="del*") == [3]
    assert ids(shelf, text="gamma", project="y") == [3]
    assert ids(shelf, text="!!!") == []
    assert shelf.steps.matching(1, "gamma") == [1]


@pytest.mark.parametrize(("text", "position"), [('alpha "beta', 6), ("projct:x", 0), ('"', 0)])
def test_a_wrong_query_says_where(shelf: Memory, text: str, position: int) -> None:
    with pytest.raises(errors.BadQuery) as caught:
        shelf.episodes.find(EpisodeQuery(text=text))
    assert caught.value.position == position


def test_lineage_names_parent_and_children(shelf: Memory) -> None:
    assert [link.id for link in shelf.episodes.detail(1).children] == [2]
    parent = shelf.episodes.detail(2).parent
    assert parent is not None and (parent.id, parent.task) == (1, "Zeta")
    assert shelf.episodes.get([1])[0].children == 1
    with pytest.raises(errors.NotFound):
        shelf.episodes.detail(99)


def test_figures_sort_by_what_they_are(shelf: Memory) -> None:
    assert ids(shelf, sort=SortColumn.ID, descending=False) == [1, 2, 3]
    assert ids(shelf, sort=SortColumn.DURATION) == [1, 3, 2]  # of one second; of none
    shelf.marks.add_tag([2], "zebra")
    shelf.marks.add_tag([2], "ape")
    shelf.marks.add_tag([3], "bear")
    assert ids(shelf, sort=SortColumn.TAGS, descending=False) == [2, 3, 1]  # untagged ones last
    assert ids(shelf, sort=SortColumn.TAGS) == [3, 2, 1]


def test_files_that_changed_are_known_once_recall_is_prepared(memory: Memory) -> None:
    call = Part(PartKind.CALL, '{"file_path": "/a/b.py", "content": "x = 1"}', "Write", "c")
    write_parts(memory, call)
    write(memory, [step(1, "nothing changed")], key="b")
    assert [episode.files for episode in memory.episodes.get([1, 2])] == [None, None]
    memory.recall.prepare()
    assert [episode.files for episode in memory.episodes.get([1, 2])] == [1, 0]
    assert ids(memory, sort=SortColumn.FILES) == [1, 2]
