"""Past sessions asked again: only what came before may answer, and only what helps counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, Help, Memory, Way, WayShare, open_memory
from tests.support.orchard_sessions import orchard_store


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return open_memory(orchard_store(tmp_path))


def test_what_an_earlier_session_could_have_told_is_counted(memory: Memory) -> None:
    with memory:
        replay = memory.replay.run()
        by_id = {session.episode_id: session for session in replay.sessions}
        listed = memory.episodes.find(EpisodeQuery()).window(0, 4)
        keys = {episode.key[:8]: episode.id for episode in memory.episodes.get(listed)}
        again = by_id[keys["00000003"]]
        cases = {(case.help, case.text): case.from_episodes for case in again.cases}
        first = (keys["00000001"],)
        assert (Help.FILE, "water/pump.py") in cases
        assert cases[Help.COMMAND, "make flood-check ROW=7"] == first
        assert cases[Help.FAILURE, "python simulate_valve.py --zero"] == first
        assert (again.earlier, again.saved_steps, again.agent_steps) == (2, 2, 4)
        assert by_id[keys["00000002"]].cases == ()
        assert by_id[keys["00000004"]].cases == ()  # its prompt names the file itself
        assert keys["00000001"] not in by_id and replay.skipped == 1
        assert (replay.helped, replay.saved_steps) == (pytest.approx(1 / 3), 2)
        assert memory.recall.past_count() == 0


def test_the_future_tells_nothing(memory: Memory) -> None:
    with memory:
        for replayed in memory.replay.run().sessions:
            own = memory.episodes.get([replayed.episode_id])[0]
            for episode in memory.episodes.get(replayed.given):
                assert (episode.ended_at or 0) < (own.started_at or 0)
        assert len(memory.replay.run(latest=1).sessions) == 1


def test_an_empty_store_has_nothing_to_ask(tmp_path: Path) -> None:
    with open_memory(tmp_path / "empty.hpm", create=True) as memory:
        replay = memory.replay.run()
        assert (replay.sessions, replay.helped) == ((), 0.0)


def test_simpler_ways_are_asked_of_the_same_sessions(memory: Memory) -> None:
    with memory:
        compared = memory.replay.compare()
        assert compared.replay == memory.replay.run()
        assert [share.way for share in compared.ways] == list(Way)
        assert {share.sessions for share in compared.ways} == {3}
        assert compared.ways[0].helped == 1
        assert memory.replay.compare() == compared  # chance is the same each time
        assert memory.recall.past_count() == 0


def test_an_interval_holds_the_share_and_narrows_with_sessions() -> None:
    few, many = WayShare(Way.RECALL, 3, 10), WayShare(Way.RECALL, 300, 1000)
    assert few.interval == (pytest.approx(0.108, abs=1e-3), pytest.approx(0.603, abs=1e-3))
    assert many.interval == (pytest.approx(0.272, abs=1e-3), pytest.approx(0.329, abs=1e-3))
    assert WayShare(Way.RECALL, 0, 0).interval == (0.0, 1.0)
    assert WayShare(Way.RECALL, 0, 5).interval[0] == 0.0
