"""One name for a session, wherever a person reads it, and every name it was given found."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.errors import BadQuery
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import EpisodeQuery, SortColumn
from tests.support.cases import CASES
from tests.support.query_results import ids_with
from tests.support.written_episodes import write_titled

CASE = CASES / "05-claude-title"
SESSION = "5a000000-0000-4000-8000-000000000001"


@pytest.fixture
def beacon(tmp_path: Path) -> Path:
    store = tmp_path / "s.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths([CASE])
    return store


def test_the_persons_title_is_shown_and_the_agents_is_found_behind_it(beacon: Path) -> None:
    with open_memory(beacon) as memory:
        (episode,) = memory.episodes.get([1])
        assert episode.name == episode.title == "LIGHT-42 flaky beacon"
        assert episode.agent_title == "Investigate flaky lighthouse test"
        for text in ("beacon", "lighthouse", "title:beacon", "title:LIGHTHOUSE", "title:'l*42 f*'"):
            assert ids_with(memory, text.replace("'", "")) == [1], text
        assert memory.episodes.find(EpisodeQuery(text="lighthouse")).hits == 0
        memory.recall.prepare()
        assert [hit.episode.id for hit in memory.recall.ask("lighthouse").hits] == [1]
        for name in ("light-42 flaky beacon", "investigate flaky lighthouse test", SESSION[:8]):
            assert memory.episodes.detail(name).episode.id == 1
        block = memory.recall.ask("lighthouse").context.text
        assert "> title: LIGHT-42 flaky beacon" in block and "> task: hi can you look" in block
        assert not memory.figures.health(check=True).problems


def names(memory: Memory, descending: bool) -> list[str]:
    query = EpisodeQuery(sort=SortColumn.TITLE, descending=descending)
    return [
        episode.name for episode in memory.episodes.get(memory.episodes.find(query).window(0, 9))
    ]


def test_a_table_is_sorted_by_what_it_shows(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_titled(memory, "walnut", "x", key="a", task="apple")
        write_titled(memory, "", "x", key="b", task="Birch")
        write_titled(memory, "", "x", key="m", task="")
        assert names(memory, descending=False) == ["Birch", "m", "walnut"]
        assert names(memory, descending=True) == ["walnut", "m", "Birch"]


def test_a_title_is_searched_in_any_script_and_taken_literally(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_titled(memory, "Маяк не ГОРИТ", "x", key="a")
        write_titled(memory, "100% of x_y", "x", key="b")
        write_titled(memory, "", "x", key="c", task="the 会议室 plan")
        assert ids_with(memory, "title:маяк") == ids_with(memory, 'title:"не горит"') == [1]
        assert ids_with(memory, "title:М*горит") == [1]
        assert ids_with(memory, 'title:"100%"') == ids_with(memory, "title:x_y") == [2]
        assert ids_with(memory, "title:%") == [2] and ids_with(memory, "title:0_o") == []
        assert ids_with(memory, "title:会议") == [3]
        assert ids_with(memory, "-title:plan") == [2, 1]
        with pytest.raises(BadQuery, match="needs words"):
            ids_with(memory, "title:*")


def test_a_name_from_elsewhere_stays_and_one_that_is_taken_back_goes(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_titled(memory, "walnut", "one", key="a", agent_title="hazel")
        write_titled(memory, None, "one", "two", key="a")
        (episode,) = memory.episodes.get([1])
        assert (episode.title, episode.agent_title) == ("walnut", "hazel")
        write_titled(memory, "", "one", "two", "three", key="a")
        (episode,) = memory.episodes.get([1])
        assert (episode.title, episode.name) == ("", "a")
        assert ids_with(memory, "walnut") == ids_with(memory, "hazel") == []
        assert not memory.figures.health(check=True).problems
