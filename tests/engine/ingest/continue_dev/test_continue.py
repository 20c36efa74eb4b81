from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag
from tests.support.files.real_zoo import wrong_units
from tests.support.files.small_agents import CONTINUE
from tests.support.files.trace_sources import document, read_one, shown


def test_results_count_once_wherever_they_stand() -> None:
    episode, steps = read_one(document(CONTINUE))
    assert (episode.format, episode.key, episode.title) == ("continue", "s-1", "Bins")
    assert (episode.cwd, episode.model) == ("c:/mill", "m-1")
    assert (episode.tokens_in, episode.tokens_out, episode.cost_usd) == (90, 8, 0.5)
    assert episode.started_at is None
    assert shown(steps) == [
        [("message", "List the bins")],
        [("message", "src/a.py\nx = 1")],
        [
            ("reasoning", "I look."),
            ("call", '{"d":1}'),
            ("call", "{}"),
            ("result", "rye"),
            ("result", "no bin"),
        ],
        [("message", "Rye.")],
    ]
    assert [step.flags for step in steps] == [
        StepFlag.NONE,
        StepFlag.INJECTED,
        StepFlag.ERROR,
        StepFlag.NONE,
    ]


def test_a_result_of_the_versions_with_one_call_a_reply() -> None:
    session = copy.deepcopy(CONTINUE)
    reply = session["history"][2]
    reply["toolCallState"] = reply.pop("toolCallStates")[1]
    _, steps = read_one(document(session))
    assert shown(steps)[2][-2:] == [("result", "rye"), ("result", "no bin")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_list_of_sessions_knows_when_one_began(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "s-1.json").write_text(json.dumps(CONTINUE))
    listed = [{"sessionId": "s-1", "dateCreated": "1767225600000", "workspaceDirectory": ""}]
    (tmp_path / "sessions.json").write_text(json.dumps(listed), encoding=encoding)
    session, index = walk([tmp_path])
    assert isinstance(session, SourceFile)
    episode, _ = read_one(session)
    assert episode.started_at == micros("2026-01-01T00:00:00Z")
    assert isinstance(index, SourceFile)
    verdict = detect(index)
    assert isinstance(verdict, NotATrace)
    assert "dates go to the sessions" in verdict.reason


def test_real_sessions_are_read_right() -> None:
    assert wrong_units("continue") == {}


def test_a_call_that_only_its_state_tells_is_a_call() -> None:
    session = copy.deepcopy(CONTINUE)
    reply = session["history"][2]
    (first, *_) = calls = reply["message"].pop("toolCalls")
    for state, call in zip(reply["toolCallStates"], calls, strict=True):
        state["toolCall"] = {"function": call["function"]}
    _, steps = read_one(document(session))
    assert shown(steps)[2][1:] == shown(read_one(document(CONTINUE))[1])[2][1:]
    assert first["id"] in [part.call_id for part in steps[2].parts]
