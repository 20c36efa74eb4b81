"""Subagents of Copilot CLI: their events stand among the session's, and are their own episodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.memory import open_memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, StepFlag
from tests.support.files.copilot_lines import event, request
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import memory_source, read_all, shown

Line = dict[str, Any]
HEAD = event(0, "session.start", sessionId="5e55", context={"cwd": "/w/ferry", "branch": "main"})
PROMPT = event(1, "user.message", content="Fix the ferry")
TASK = {"description": "Look around", "prompt": "Find the callers of moor()\nThen stop."}
CALLS = ("t1", "t2")


def started(number: int, call: str, **fields: Any) -> Line:
    named = {"agentName": "explore", "agentDisplayName": f"Look {call}", "model": "m-2"}
    return event(number, "subagent.started", toolCallId=call, **named) | fields


def said(number: int, words: str, *calls: str, **data: Any) -> Line:
    requests = [request(call, "bash", {"cmd": call}) for call in calls]
    fields = {"content": words, "toolRequests": requests, "outputTokens": 5}
    return event(number, "assistant.message", messageId=f"m{number}", **fields, **data)


def result(number: int, call: str, **data: Any) -> Line:
    given_back = {"toolCallId": call, "success": True, "result": {"content": f"{call} ran"}}
    return event(number, "tool.execution_complete", **given_back, **data)


def marked(line: Line, agent: str, how: str) -> Line:
    """An event of an agent, as it is told: by the subagent's id, or by the call that started it."""
    if not agent:
        return line
    if how == "id":
        return line | {"agentId": f"agent-{agent}"}
    return line | {"data": line["data"] | {"parentToolCallId": agent}}


def read(*lines: Line) -> dict[str, tuple[EpisodeDraft, list[StepDraft]]]:
    episodes = read_all(memory_source(jsonl(*lines), "events.jsonl"))
    return {draft.key: (draft, steps) for draft, steps in episodes}


def begun(how: str) -> list[Line]:
    requests = [request(call, "task", TASK) for call in CALLS]
    calls = event(2, "assistant.message", messageId="m2", content="", toolRequests=requests)
    ids = [{"agentId": f"agent-{call}"} if how == "id" else {} for call in CALLS]
    return [
        HEAD,
        PROMPT,
        calls,
        *(started(3, call, **fields) for call, fields in zip(CALLS, ids, strict=True)),
    ]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["", *CALLS]), max_size=8),
    st.sampled_from(["id", "call"]),
    st.randoms(use_true_random=False),
)
def test_events_in_any_order_are_each_of_their_own_agent(
    agents: list[str], how: str, random: Any
) -> None:
    lines: list[Line] = []
    expected: dict[str, list[Any]] = {}
    pending: list[Line] = []
    for number, agent in enumerate(agents):
        call = f"c{number}"
        lines.append(marked(said(4 + number, f"Word {number}", call), agent, how))
        pending.append(marked(result(20 + number, call), agent, how))
        expected.setdefault(agent, []).append(
            [
                ("message", f"Word {number}"),
                ("call", f'{{"cmd": "{call}"}}'),
                ("result", f"{call} ran"),
            ]
        )
    random.shuffle(pending)
    ends = [result(40, call) for call in CALLS]
    episodes = read(*begun(how), *lines, *pending, *ends)
    assert set(episodes) == {f"5e55/{agent}" if agent else "5e55" for agent in {"", *agents}}
    for agent in {*agents} - {""}:
        draft, steps = episodes[f"5e55/{agent}"]
        assert shown(steps) == expected[agent]
        assert (draft.parent_key, draft.title, draft.cwd) == ("5e55", f"Look {agent}", "/w/ferry")
        assert draft.task == "Find the callers of moor()"
        assert (draft.model, draft.project) == ("m-2", "ferry")
        assert not any(step.flags & StepFlag.UNANSWERED for step in steps)
    main = shown(episodes["5e55"][1])
    assert main[0] == [("message", "Fix the ferry")]
    assert [kind for kind, _ in main[1]] == ["call", "call", "result", "result"]
    assert main[2:] == expected.get("", [])


def test_subagents_of_subagents_are_their_children() -> None:
    lines = [
        *begun("call"),
        marked(said(4, "I ask.", "t3"), "t1", "call"),
        started(5, "t3"),
        marked(said(6, "Here."), "t3", "call"),
    ]
    episodes = read(*lines)
    parents = {key: draft.parent_key for key, (draft, _) in episodes.items()}
    assert parents == {"5e55": "", "5e55/t1": "5e55", "5e55/t3": "5e55/t1"}


def test_a_ring_of_callers_hangs_on_the_session() -> None:
    lines = [
        HEAD,
        PROMPT,
        started(3, "t1"),
        started(3, "t2"),
        marked(said(4, "One", "t2"), "t1", "call"),
        marked(said(5, "Two", "t1"), "t2", "call"),
    ]
    parents = {key: draft.parent_key for key, (draft, _) in read(*lines).items()}
    assert parents == {"5e55": "", "5e55/t1": "5e55", "5e55/t2": "5e55"}


def test_an_id_that_several_calls_have_names_none() -> None:
    """Ids that somebody blacked out are all the same: nothing is taken from the session."""
    dark = "[REDACTED]"
    lines = [
        HEAD,
        PROMPT,
        said(2, "I ask.", dark),
        started(3, dark),
        marked(said(4, "Looked.", dark), dark, "call"),
        marked(result(5, dark), dark, "call"),
    ]
    ((_, steps),) = read(*lines).values()
    words = [text for step in shown(steps) for kind, text in step if kind == "message"]
    assert words == ["Fix the ferry", "I ask.", "Looked."]


@pytest.mark.parametrize("agent", [3, [], {"a": 1}, "nobody", "", None])
def test_an_unknown_agent_takes_nothing_from_the_session(agent: object) -> None:
    ((draft, steps),) = read(HEAD, PROMPT, said(2, "Done.") | {"agentId": agent}).values()
    assert (draft.key, len(steps)) == ("5e55", 2)


def test_a_session_counts_what_all_its_agents_said_once(tmp_path: Path) -> None:
    """Also as it grows: the children are found again, and grow with it."""
    path = tmp_path / "5e55" / "events.jsonl"
    path.parent.mkdir()
    lines = [*begun("call"), marked(said(4, "Looked."), "t1", "call")]
    more = [marked(said(5, "More."), "t1", "call"), said(6, "Done.")]
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for whole, counts in ((lines, [1, 1]), ([*lines, *more], [2, 2])):
            path.write_bytes(jsonl(*whole))
            assert memory.import_paths([path]).branches == 0
            found = memory.episodes.find(EpisodeQuery())
            rows = sorted(memory.episodes.get(found.window(0, 9)), key=lambda row: row.key)
            assert [row.key for row in rows] == ["5e55", "5e55/t1"]
            assert [row.agent_steps for row in rows] == counts
            parent = memory.episodes.detail(rows[1].id).parent
            assert parent is not None and parent.id == rows[0].id
        assert memory.figures.health(check=True).problems == ()
