from __future__ import annotations

from pathlib import Path

from hpm_engine import EpisodeQuery, open_memory
from tests.support.files.agent_databases import goose, sessions
from tests.support.files.agent_files import json_lines
from tests.support.files.editor_agents import GOOSE
from tests.support.files.trace_sources import memory_source, read_one, shown


def test_rows_tell_what_lines_told(tmp_path: Path) -> None:
    read = sessions(goose(tmp_path / "sessions.db"))
    episode, steps = read["20260301_1"]
    _, expected = read_one(memory_source(json_lines(GOOSE)))
    assert shown(steps) == shown(expected)
    assert [step.at for step in steps] == [step.at for step in expected]
    assert [step.flags for step in steps] == [step.flags for step in expected]
    assert (episode.title, episode.model) == ("Ferry repair", "north-3")
    assert episode.cost_usd == 0.75
    assert (episode.cwd, episode.tokens_in, episode.tokens_out) == ("/home/mira/ferry app", 40, 3)


def test_a_subagents_session_names_its_parent(tmp_path: Path) -> None:
    episode, steps = sessions(goose(tmp_path / "sessions.db"))["20260301_2"]
    assert (episode.parent_key, shown(steps)) == ("20260301_1", [[("message", "Count the boats")]])


def test_lines_and_rows_of_one_session_are_one_episode(tmp_path: Path) -> None:
    database = goose(tmp_path / "sessions.db")
    lines = tmp_path / "20260301_1.jsonl"
    lines.write_bytes(json_lines(GOOSE[:3]))
    for order in ([database, lines], [lines, database]):
        with open_memory(tmp_path / f"{order[0].stem}.hpm", create=True) as memory:
            for path in order:
                memory.import_paths([path])
            ids = memory.episodes.find(EpisodeQuery())
            episodes = {e.key: e for e in memory.episodes.get(ids.window(0, 9))}
            assert sorted(episodes) == ["20260301_1", "20260301_2"]
            assert episodes["20260301_1"].steps == 5
            assert episodes["20260301_1"].tokens_in == 40
