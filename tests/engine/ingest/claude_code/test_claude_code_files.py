"""Odd lines, subagents, forks, exports and files that hold no session."""

from __future__ import annotations

import json

import pytest

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.steps.pending_steps import STEPS_HELD
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource
from tests.support.files.claude_code_lines import (
    READER,
    SESSION,
    agent,
    call,
    result,
    said,
    steps_of,
    user,
)
from tests.support.files.line_sources import Line, episodes, jsonl, only, parts, source_of, texts


def test_what_is_no_record_is_passed_over() -> None:
    steps = steps_of(
        "// a comment",
        "",
        "42",
        '"text"',
        "[1]",
        {"silly": "this"},
        {"type": "summary", "summary": "another session", "leafUuid": "x"},
        {"type": "progress", "data": {"type": "hook_progress"}, "sessionId": SESSION},
        {"type": "of-tomorrow", "sessionId": SESSION},
        "{ broken",
        user("go"),
        {"type": "user", "message": "error", "timestamp": 7, "sessionId": SESSION},
        user(["bare", 3, said("block")], second=2),
    )
    assert texts(steps) == ["go", "bare", "block"]


def test_one_odd_field_does_not_cost_the_line() -> None:
    odd = user("half a pair \ud83d and a whole \U0001f600", cwd=5, isMeta="no", agentId=[1])
    (step,) = steps_of({**odd, "uuid": {}})
    assert texts([step]) == ["half a pair � and a whole \U0001f600"]
    data = jsonl(user("caf\xe9")).replace(b"caf\\u00e9", b"caf\xe9")
    assert texts(only(READER, source_of(data))[1]) == ["caf�"]


def test_a_cut_last_line_waits_for_the_next_import() -> None:
    data = jsonl(user("go"), agent(said("hi")))
    whole = steps_of(user("go"), agent(said("hi")))
    assert only(READER, source_of(data[:-1]))[1] == whole
    assert only(READER, source_of(data[:-9]))[1] == whole[:1]


def test_a_file_without_one_valid_line_names_the_place() -> None:
    start = b'{"type":"user","sessionId":"x", oops}\n'
    with pytest.raises(CannotImport, match=r"session\.jsonl, line 1: .*malformed"):
        episodes(READER, source_of(start * 3))


def test_files_without_a_session_are_set_aside() -> None:
    warm_up = user("Warmup", isSidechain=True, agentId="a1")
    summary = {"type": "summary", "summary": "s", "leafUuid": "x"}
    history = {"display": "go", "pastedContents": {}, "timestamp": 1, "project": "/x"}
    for line, reason in ((warm_up, "warm-up"), (summary, "bookkeeping"), (history, "history")):
        for data in (jsonl(line), json.dumps(line, indent=2).encode()[: 10**6]):
            if READER.recognises(source_of(data)):
                with pytest.raises(NothingToImport, match=reason):
                    episodes(READER, source_of(data))


def test_a_subagents_file_is_an_episode_of_its_own() -> None:
    lines = [user("look around", isSidechain=True, agentId="a1"), agent(said("seen"), agentId="a1")]
    draft, steps = only(READER, source_of(jsonl(*lines), "agent-a1.jsonl"))
    assert (draft.key, draft.parent_key) == (f"{SESSION}/a1", SESSION)
    assert draft.task == "look around"
    assert len(steps) == 2


def test_subagents_inside_the_sessions_file_are_episodes_of_their_own() -> None:
    def inside(line: Line, uuid: str, parent: str | None) -> Line:
        return {**line, "isSidechain": True, "uuid": uuid, "parentUuid": parent}

    main, first, second = episodes(
        READER,
        source_of(
            jsonl(
                user("go", uuid="u0"),
                agent(call("t1", "Task"), call("t2", "Task")),
                inside(user("first", 2), "u1", None),
                inside(user("second", 3), "u2", None),
                inside(agent(said("to second"), message="m2"), "u3", "u2"),
                inside(agent(said("to first"), message="m3"), "u4", "u1"),
                inside(user("Warmup", 4), "u5", None),
                user([result("t1"), result("t2")], second=5),
            )
        ),
    )
    assert [len(steps) for _, steps in (main, first, second)] == [2, 2, 2]
    assert texts(first[1]) == ["first", "to first"]
    assert texts(second[1]) == ["second", "to second"]
    assert (first[0].key, first[0].parent_key) == (f"{SESSION}/u1", SESSION)


def test_a_fork_keeps_its_own_identity() -> None:
    own = "99999999-2222-4333-8444-555555555555"
    lines = [user("go"), agent(said("hi")), user("on", second=5, sessionId=own)]
    draft, steps = only(READER, source_of(jsonl(*lines), f"/x/{own}.jsonl"))
    assert (draft.key, draft.continues_key) == (own, SESSION)
    assert [bool(step.flags & StepFlag.COPIED) for step in steps] == [True, True, False]
    assert sum(step.tokens_in or 0 for step in steps) == 0


def test_the_web_export_is_read_too() -> None:
    lines = [user("go"), agent(call("t1")), user([result("t1")], second=3)]
    for line in lines:
        del line["sessionId"]
    data = json.dumps({"loglines": lines}, indent=2).encode()
    draft, steps = only(READER, source_of(data))
    assert draft.key.startswith("export-")
    assert len(steps) == 2
    assert json.loads(data[steps[0].raw_start :][: steps[0].raw_size]) == lines[0]
    with pytest.raises(CannotImport, match="damaged or incomplete"):
        episodes(READER, source_of(data[:-20]))


def test_pending_steps_are_bounded() -> None:
    later = [agent(said(f"{n}"), message=f"x{n}", second=2) for n in range(STEPS_HELD + 5)]
    lines = [user("go"), agent(call("t1")), *later, user([result("t1", "late")], second=9)]
    draft = next(READER.read(source_of(jsonl(*lines))))
    steps = list(draft.steps)
    assert steps[1].flags == StepFlag.UNANSWERED
    assert [part.call_id for part in parts(steps, PartKind.RESULT)] == ["t1"]
    assert steps[-1].source is StepSource.SYSTEM


def test_too_deep_nesting_costs_its_line_alone() -> None:
    deep = '{"type":"user","sessionId":"x","x":' + "[" * 100_000 + "]" * 100_000 + "}"
    source = source_of(jsonl(user("go"), deep, agent(said("hi"))))
    assert texts(only(READER, source)[1]) == ["go", "hi"]
    (damage,) = source.account.sums().places
    assert (damage.place, damage.reason) == ("line 2", "JSON nested too deep to be read")
    assert not damage.mended


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b'{"type":"user","content":"x"}\n',
        b'{"role":"user","content":"x"}\n',
        b'[{"sessionId":"x","messageId":0,"type":"user","message":"hi"}]',
        b'{"sessionId":"x","projectHash":"y","type":"user"}\n',
        b'{"timestamp":"t","type":"session_meta","payload":{"id":"sessionId"}}\n',
    ],
)
def test_other_files_are_not_claimed(data: bytes) -> None:
    assert not READER.recognises(source_of(data))


def test_a_session_is_recognised_by_a_first_line_longer_than_the_head() -> None:
    image = {"type": "image", "source": {"media_type": "image/png", "data": "A" * 100_000}}
    assert READER.recognises(source_of(jsonl("// note", user([image]))))
