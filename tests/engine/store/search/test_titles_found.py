"""Names that sessions were given are found, by searches and by recall."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.memory import open_memory
from hpm_engine.values.episodes import EpisodeQuery
from tests.support.query_results import ids_with
from tests.support.written_episodes import write_titled


def test_a_title_is_found_and_is_no_hit_among_the_steps(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        episode = write_titled(memory, "Umzug der 会议室 bookingSystem", "hello there")
        write_titled(memory, "", "something else", key="other")
        for word in ("umzug", "会议", "booking", '"der 会议室"'):
            assert ids_with(memory, word) == [episode]
            assert memory.episodes.find(EpisodeQuery(text=word)).hits == 0
            assert memory.steps.matching(episode, word) == []
        assert memory.episodes.find(EpisodeQuery(text="hello")).hits == 1
        memory.recall.prepare()
        assert [hit.episode.id for hit in memory.recall.ask("Umzug").hits] == [episode]
        assert [hit.episode.id for hit in memory.recall.ask("会议").hits] == [episode]


def test_a_new_title_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        episode = write_titled(memory, "first name", "hello there")
        memory.recall.prepare()
        write_titled(memory, "second name", "hello there", "more")
        assert (ids_with(memory, "first"), ids_with(memory, "second")) == ([], [episode])
        write_titled(memory, "second name", "hello there", "more", "and more")
        assert (ids_with(memory, "first"), ids_with(memory, "second")) == ([], [episode])
        memory.recall.prepare()
        assert not memory.recall.ask("first").hits
        assert [hit.episode.id for hit in memory.recall.ask("second").hits] == [episode]
        assert not memory.figures.health(check=True).problems
