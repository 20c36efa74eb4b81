"""Copied history of Codex: forks and spawned agents repeat the session that they come from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.cases import CASES

CASE = CASES / "02-codex-fork"
PARENT = "019f1000-0000-7000-8000-00000000000a"
FORK = "019f2000-0000-7000-8000-00000000000b"
READER = CodexReader()
Lines = list[dict[str, Any]]
FORKED_AT = "2026-09-02T08:00:20.000Z"


def lines_of(name: str) -> Lines:
    return [json.loads(line) for line in (CASE / name).read_text().splitlines()]


def source_of(lines: Lines, tmp_path: Path) -> SourceFile:
    path = tmp_path / "rollout.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))


def read(lines: Lines, tmp_path: Path) -> list[tuple[Any, list[Any]]]:
    return [(draft, list(draft.steps)) for draft in READER.read(source_of(lines, tmp_path))]


def own(steps: list[Any]) -> list[Any]:
    return [step for step in steps if not step.flags & StepFlag.COPIED]


def tokens(steps: list[Any]) -> tuple[int, int]:
    counted = own(steps)
    return sum(s.tokens_in or 0 for s in counted), sum(s.tokens_out or 0 for s in counted)


def said(steps: list[Any]) -> list[str]:
    return [part.text for step in steps for part in step.parts]


def without_second_head(lines: Lines) -> Lines:
    return [lines[0], *lines[2:]]


def restamped(lines: Lines) -> Lines:
    """As Codex writes them: everything repeated has the moment of the fork."""
    return [{**line, "timestamp": max(line["timestamp"], FORKED_AT)} for line in lines]


def restamped_one_by_one(lines: Lines) -> Lines:
    late = restamped(lines)
    return [
        {**line, "timestamp": line["timestamp"].replace("20.000", f"20.{index:03}")}
        for index, line in enumerate(late)
    ]


def minted(at: str) -> str:
    """A UUID of version 7 made at that moment."""
    digits = f"{int(datetime.fromisoformat(at).timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000002"


def with_turns(lines: Lines) -> Lines:
    """Turns with ids that hold a time, and the start of a turn as the later versions tell it."""
    ids = iter(map(minted, ("2026-09-02T08:00:01+00:00", "2026-09-02T08:00:30+00:00")))
    head = lines[0]["payload"] | {"id": minted("2026-09-02T08:00:20+00:00")}
    out = [{**lines[0], "payload": head}]
    for line in lines[1:]:
        if line["type"] == "turn_context":
            turn = next(ids)
            start = {"type": "task_started", "turn_id": turn}
            out.append({"timestamp": line["timestamp"], "type": "event_msg", "payload": start})
            line = {**line, "payload": {**line["payload"], "turn_id": turn}}
        out.append(line)
    return out


def unmarked(lines: Lines) -> Lines:
    head = {k: v for k, v in lines[0]["payload"].items() if k != "forked_from_id"}
    return [{**lines[0], "payload": head}, *lines[1:]]


FORMS = {
    "as it is": lambda lines: lines,
    "without a second head": without_second_head,
    "re-stamped": restamped,
    "re-stamped one by one": restamped_one_by_one,
    "re-stamped without a second head": lambda lines: without_second_head(restamped(lines)),
    "turn ids": with_turns,
    "re-stamped with turn ids": lambda lines: with_turns(restamped(lines)),
    "no link but the second head": unmarked,
    "re-stamped, no link but the second head": lambda lines: restamped(unmarked(lines)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_fork_counts_what_is_its_own(form: str, tmp_path: Path) -> None:
    ((draft, steps),) = read(FORMS[form](lines_of("rollout-fork.jsonl")), tmp_path)
    assert (draft.continues_key, draft.parent_key) == (PARENT, "")
    assert draft.key == FORK or "turn ids" in form
    assert draft.cwd == "/home/ada/work/orchard-b"
    assert tokens(steps) == (1500, 20)
    assert said(own(steps)) == ["Now graft the quince instead", "Grafted."]
    assert draft.task == "Now graft the quince instead"
    assert draft.started_at == micros(FORKED_AT)
    ((_, parent),) = read(lines_of("rollout-parent.jsonl"), tmp_path)
    copied = [step for step in steps if step.flags & StepFlag.COPIED]
    assert said(copied) == said(parent)
    assert tokens(parent) == (2200, 80)
    assert not any(step.flags & StepFlag.INJECTED for step in steps)


@pytest.mark.parametrize(
    "form", ["as it is", "without a second head", "re-stamped", "re-stamped one by one"]
)
def test_a_fork_in_which_nothing_was_said_yet_has_nothing_of_its_own(
    form: str, tmp_path: Path
) -> None:
    lines = FORMS[form](lines_of("rollout-fork.jsonl"))
    end = next(
        index for index, line in enumerate(lines) if line["timestamp"] > "2026-09-02T08:00:29"
    )
    ((draft, steps),) = read(lines[:end], tmp_path)
    assert (draft.key, draft.continues_key) == (FORK, PARENT)
    assert (own(steps), tokens(steps)) == ([], (0, 0))
    assert draft.task == "Prune the pear branch of the fruit catalogue"


def test_a_fork_of_a_fork_counts_what_is_its_own(tmp_path: Path) -> None:
    lines = lines_of("rollout-fork.jsonl")
    later = "2026-09-02T09:00:0"
    head = {"id": "third", "timestamp": f"{later}0Z", "cwd": "/x", "forked_from_id": FORK}
    usage = {"input_tokens": 70, "output_tokens": 7}
    info = {"total_token_usage": {"input_tokens": 3770, "output_tokens": 107}}
    mine = [
        ("turn_context", {"model": "gpt-5.6"}),
        ("event_msg", {"type": "user_message", "message": "And the medlar"}),
        (
            "response_item",
            {"type": "message", "role": "assistant", "content": [{"text": "Done."}]},
        ),
        ("event_msg", {"type": "token_count", "info": {**info, "last_token_usage": usage}}),
    ]
    own_lines = [
        {"timestamp": f"{later}{5 + index}Z", "type": kind, "payload": payload}
        for index, (kind, payload) in enumerate(mine)
    ]
    first = {"timestamp": f"{later}0Z", "type": "session_meta", "payload": head}
    for replay in (lines, [{**line, "timestamp": f"{later}0Z"} for line in lines]):
        ((draft, steps),) = read([first, *replay, *own_lines], tmp_path)
        assert (draft.key, draft.continues_key) == ("third", FORK)
        assert tokens(steps) == (70, 7)
        assert said(own(steps)) == ["And the medlar", "Done."]


PARENTS: dict[str, dict[str, Any]] = {
    "in its source": {"source": {"subagent": {"thread_spawn": {"parent_thread_id": PARENT}}}},
    "at the top": {"source": "cli", "parent_thread_id": PARENT},
    "in both, and as a fork": {
        "source": {"subagent": {"thread_spawn": {"parent_thread_id": PARENT}}},
        "parent_thread_id": PARENT,
        "forked_from_id": PARENT,
    },
    "in the second head alone": {"source": {"subagent": "other"}},
}


@pytest.mark.parametrize("where", PARENTS)
@pytest.mark.parametrize("stamp", [restamped, list])
def test_a_spawned_agent_counts_what_is_its_own(where: str, stamp: Any, tmp_path: Path) -> None:
    lines = lines_of("rollout-fork.jsonl")
    head = {k: v for k, v in lines[0]["payload"].items() if k != "forked_from_id"} | PARENTS[where]
    prompt = {"type": "message", "role": "user", "content": [{"text": "Count the plums"}]}
    lines = stamp([{**lines[0], "payload": head}, *lines[1:]])
    index = next(n for n, line in enumerate(lines) if "quince" in json.dumps(line))
    spawned = [*lines[:index], {**lines[index], "payload": prompt}, *lines[index + 2 :]]
    ((draft, steps),) = read(spawned, tmp_path)
    assert (draft.key, draft.parent_key, draft.continues_key) == (FORK, PARENT, "")
    assert tokens(steps) == (1500, 20)
    assert [step.source for step in own(steps)] == [StepSource.USER, StepSource.AGENT]
    assert said(own(steps)) == ["Count the plums", "Grafted."]


def test_a_spawned_agent_without_a_replay_owns_all_its_lines(tmp_path: Path) -> None:
    lines = lines_of("rollout-fork.jsonl")
    head = lines[0]["payload"] | PARENTS["at the top"]
    ((_, steps),) = read([{**lines[0], "payload": head}, *lines[13:]], tmp_path)
    assert tokens(steps) == (1500, 20)
    assert own(steps) == steps


def test_two_rollouts_in_one_file_are_two_sessions(tmp_path: Path) -> None:
    parent, fork = lines_of("rollout-parent.jsonl"), lines_of("rollout-fork.jsonl")
    for lines in (parent + fork, fork + parent):
        sessions = read(lines, tmp_path)
        assert {draft.key: tokens(steps) for draft, steps in sessions} == {
            PARENT: (2200, 80),
            FORK: (1500, 20),
        }
        data = (tmp_path / "rollout.jsonl").read_bytes()
        for draft, _ in sessions:
            part = data[draft.raw_start : draft.raw_start + draft.raw_size]
            assert json.loads(part.split(b"\n")[0])["payload"]["id"] == draft.key


def test_a_resumption_that_writes_its_head_again_is_one_session(tmp_path: Path) -> None:
    parent = lines_of("rollout-parent.jsonl")
    ((draft, steps),) = read([*parent[:8], parent[0], *parent[8:]], tmp_path)
    assert (draft.key, tokens(steps)) == (PARENT, (2200, 80))
    assert own(steps) == steps
