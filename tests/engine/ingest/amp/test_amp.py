from __future__ import annotations

import copy

from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag
from tests.support.files.real_zoo import wrong_units
from tests.support.files.small_agents import AMP
from tests.support.files.trace_sources import document, read_one, shown


def test_a_thread_is_told_with_its_results_and_tokens() -> None:
    episode, (prompt, reply, stopped) = read_one(document(AMP))
    assert (episode.format, episode.key, episode.title) == ("amp", "T-1", "The mill")
    assert (episode.cwd, episode.branch, episode.project) == (
        "/home/mo/old mill",
        "rye",
        "old mill",
    )
    assert (episode.model, episode.started_at) == ("m-1", micros(1_767_225_600_000))
    assert prompt.at == micros("2026-01-01T00:00:01Z")
    assert shown([reply])[0] == [
        ("reasoning", "Slowly."),
        ("message", "I grind."),
        ("call", '{"cmd": "grind"}'),
        ("call", "{}"),
        ("call", "{}"),
        ("result", "flour"),
        ("result", "stuck"),
    ]
    assert (reply.tokens_in, reply.tokens_out) == (113, 5)
    assert reply.flags == StepFlag.ERROR | StepFlag.UNANSWERED
    assert stopped.flags == StepFlag.INTERRUPTED


def test_older_threads_name_calls_as_the_model_does() -> None:
    thread = copy.deepcopy(AMP)
    for block in thread["messages"][2]["content"]:
        block["tool_use_id"] = block.pop("toolUseID")
    _, (_, reply, _) = read_one(document(thread))
    assert [part.call_id for part in reply.parts[-2:]] == ["c1", "c2"]


def test_real_threads_are_read_right() -> None:
    assert wrong_units("amp") == {}


def test_a_thread_is_known_by_its_environment_where_its_id_is_another() -> None:
    thread = {key: value for key, value in AMP.items() if key != "v"} | {"id": "mill-1"}
    episode, steps = read_one(document(thread))
    assert (episode.format, episode.key, episode.title) == ("amp", "mill-1", "The mill")
    assert (episode.cwd, len(steps)) == ("/home/mo/old mill", 3)
