from __future__ import annotations

from pathlib import Path

from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_databases import WARP_TABLES, made, sessions, warp
from tests.support.files.trace_sources import shown


def test_prompts_and_the_agents_commands_in_the_order_of_their_times(tmp_path: Path) -> None:
    episode, steps = sessions(warp(tmp_path / "warp.sqlite"))["w1"]
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [("call", "ls"), ("result", "a.py\nb.py")],
        [("call", "rm a.py"), ("result", "no right")],
        [("message", "And now?")],
    ]
    assert [step.flags for step in steps] == [
        *(StepFlag.NONE, StepFlag.NONE, StepFlag.ERROR, StepFlag.NONE)
    ]
    assert (episode.format, episode.model) == ("warp", "auto")
    assert (episode.cwd, episode.task) == ("/home/mira/ferry app", "Fix the ferry")


def test_no_reply_is_invented(tmp_path: Path) -> None:
    _, steps = sessions(warp(tmp_path / "warp.sqlite"))["w1"]
    assert {step.source for step in steps} == {StepSource.USER, StepSource.SYSTEM}


def test_the_last_moment_that_is_known_is_the_end(tmp_path: Path) -> None:
    episode, _ = sessions(warp(tmp_path / "warp.sqlite"))["w1"]
    assert episode.started_at == 1772355600_500000
    assert episode.ended_at == 1772355620_500000


def test_a_conversation_of_which_only_prompts_are_left(tmp_path: Path) -> None:
    asked = {"conversation_id": "w2", "start_ts": "2026-03-01 09:00:00"}
    row = {**asked, "input": '[{"Query": {"text": "Go"}}, {"ActionResult": {}}]'}
    path = made(tmp_path / "warp.sqlite", WARP_TABLES, ai_queries=[row])
    assert shown(sessions(path)["w2"][1]) == [[("message", "Go")]]
