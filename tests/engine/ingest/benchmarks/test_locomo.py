from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepSource
from tests.support.files.benchmark_files import LOCOMO
from tests.support.files.trace_sources import document, memory_source, read_all, shown


def test_each_session_is_an_episode_that_goes_on_from_the_one_before() -> None:
    (first, steps), (second, _) = read_all(document(LOCOMO))
    assert (first.key, first.continues_key) == ("conv-1/1", "")
    assert (second.key, second.continues_key) == ("conv-1/2", "conv-1/1")
    assert (first.project, second.project) == ("conv-1", "conv-1")
    assert first.started_at == 1_683_554_160_000_000  # 2023-05-08 13:56
    assert second.started_at == 1_683_590_700_000_000  # 2023-05-09 00:05
    assert shown(steps) == [
        [("message", "Hey Bo!")],
        [("message", "Look.\n[image: a photo of a dog]")],
    ]
    assert [(step.parts[0].name, step.parts[0].call_id) for step in steps] == [
        ("Ann", "D1:1"),
        ("Bo", "D1:2"),
    ]
    assert {step.source for step in steps} == {StepSource.USER}


def test_what_was_asked_and_summed_up_later_is_left_out() -> None:
    texts = str([shown(steps) for _, steps in read_all(document(LOCOMO))])
    assert "When?" not in texts
    assert "greets" not in texts
    assert "They meet" not in texts


@pytest.mark.parametrize("value", [LOCOMO, LOCOMO[0]])
def test_each_session_and_turn_is_found_byte_for_byte(value: object) -> None:
    data = json.dumps(value, indent=1).encode()
    sessions = [LOCOMO[0]["conversation"]["session_1"], LOCOMO[0]["conversation"]["session_2"]]
    episodes = read_all(memory_source(data))
    for (episode, steps), session in zip(episodes, sessions, strict=True):
        assert json.loads(data[episode.raw_start :][: episode.raw_size]) == session
        for step, turn in zip(steps, session, strict=True):
            assert json.loads(data[step.raw_start :][: step.raw_size]) == turn


def test_questions_alone_are_no_conversation() -> None:
    with pytest.raises(NothingToImport, match="without the conversations"):
        read_all(document([{"qa": LOCOMO[0]["qa"], "sample_id": "conv-1"}]))


def test_the_real_file_is_seven_conversations_of_4_018_turns(data: Path) -> None:
    (source,) = walk([data / "locomo" / "locomo10.dev.json"])
    episodes = read_all(source)  # type: ignore[arg-type]
    sessions: dict[str, int] = {}
    turns: dict[str, int] = {}
    for episode, steps in episodes:
        assert episode.started_at is not None
        sessions[episode.project] = sessions.get(episode.project, 0) + 1
        turns[episode.project] = turns.get(episode.project, 0) + len(steps)
    assert len(sessions) == 7
    assert (min(sessions.values()), max(sessions.values())) == (19, 32)
    assert (min(turns.values()), max(turns.values()), sum(turns.values())) == (369, 689, 4_018)
    ids = [(e.project, step.parts[0].call_id) for e, steps in episodes for step in steps]
    assert len(set(ids)) == 4_018
