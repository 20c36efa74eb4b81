"""Forks of Kimi Code, questions aside, and prompts that were taken back: each line counted once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.steps.times import micros
from hpm_engine.memory import open_memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, StepFlag, StepSource
from tests.support.files.kimi_lines import KIMI_CODE, TIME, USAGE, event, message
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import read_one, shown

Line = dict[str, Any]
PARENT, FORK = "session_aaaa", "session_bbbb"
HEAD: Line = {"type": "metadata", "protocol_version": "1.4", "created_at": TIME}


def at(second: int) -> int:
    return TIME + second * 1000


def turn(second: int, word: str) -> list[Line]:
    """A prompt, what is added to it, and an answer with tokens."""
    step = f"s{second}"
    return [
        {"type": "turn.prompt", "input": [], "time": at(second)},
        message(second, f"Plant {word}", kind="user"),
        message(second, "<system-reminder>Mind.</system-reminder>", kind="injection"),
        event(second + 1, "step.begin", uuid=step),
        event(second + 1, "content.part", stepUuid=step, part={"type": "text", "text": word}),
        event(second + 2, "tool.call", stepUuid=step, toolCallId=word, name="Bash", args={}),
        event(second + 2, "tool.result", toolCallId=word, result={"output": f"{word} grows"}),
        event(second + 3, "step.end", uuid=step, usage=USAGE),
    ]


def written(root: Path, session: str, lines: Sequence[Line], agent: str = "main") -> Path:
    path = root / "sessions" / "wd_1" / session / "agents" / agent / "wire.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jsonl(*lines))
    return path


def state(root: Path, session: str, **fields: Any) -> None:
    path = root / "sessions" / "wd_1" / session / "state.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"title": session, "workDir": "/w/orchard"} | fields))


def read(path: Path) -> tuple[EpisodeDraft, list[StepDraft]]:
    (source,) = [s for s in walk([path]) if isinstance(s, SourceFile)]
    source.begin_account()
    episode = read_one(source)
    assert not source.account.sums().unknown
    return episode


def flagged(steps: list[StepDraft], flag: StepFlag) -> list[StepDraft]:
    return [step for step in steps if step.flags & flag]


def own(steps: list[StepDraft]) -> list[StepDraft]:
    return [step for step in steps if not step.flags & StepFlag.COPIED]


WORDS = ["quince", "medlar", "walnut", "almond"]
PAST = [HEAD, *turn(5, "quince"), *turn(20, "medlar")]
MARK: Line = {"type": "forked", "agentId": "main", "time": at(60)}


@settings(max_examples=40)
@given(st.integers(1, 3), st.integers(0, 2), st.integers(0, 2))
def test_a_fork_counts_what_is_its_own(before: int, between: int, after: int) -> None:
    """Also the fork of a fork, whose lines have two marks."""
    words = [f"tree{number}" for number in range(before + between + after)]
    turns = [turn(10 + 100 * number, word) for number, word in enumerate(words)]
    forked = (at(100 * before), at(100 * (before + between)))
    first, second = ({**MARK, "time": time} for time in forked)
    lines = [HEAD, *chain(*turns[:before]), first]
    if between:
        lines += [*chain(*turns[before : before + between]), second]
    lines += chain(*turns[before + between :])
    with TemporaryDirectory() as folder:
        root = Path(folder)
        state(root, FORK, forkedFrom=PARENT)
        draft, steps = read(written(root, FORK, lines))
        plain = [line for line in lines if line["type"] != "forked"]
        state(root, PARENT)
        _, whole = read(written(root, PARENT, plain))
    assert (draft.key, draft.continues_key, draft.parent_key) == (FORK, PARENT, "")
    assert shown(steps) == shown(whole)
    mine = [f"Plant {word}" for word in words[before + between :]]
    assert [
        s.parts[0].text for s in own(steps) if s.source is StepSource.USER and not s.flags
    ] == mine
    assert len(own(steps)) == 3 * after
    assert draft.task == (mine[0] if mine else "Plant tree0")
    assert draft.started_at == micros(forked[1 if between else 0])


def test_orders_of_import_count_the_same(tmp_path: Path) -> None:
    state(tmp_path, PARENT)
    state(tmp_path, FORK, forkedFrom=PARENT, title="Fork: Trees")
    parent = written(tmp_path, PARENT, [*PAST, *turn(100, "walnut")])
    fork = written(tmp_path, FORK, [*PAST, MARK, *turn(200, "almond")])
    for number, order in enumerate(([parent, fork], [fork, parent], [parent, fork, parent])):
        with open_memory(tmp_path / f"{number}.hpm", create=True) as memory:
            for path in order:
                memory.import_paths([path])
            found = memory.episodes.find(EpisodeQuery())
            rows = {row.key: row for row in memory.episodes.get(found.window(0, len(found)))}
            sums = {key: (row.agent_steps, row.tokens_out) for key, row in rows.items()}
            assert sums == {PARENT: (3, 21), FORK: (1, 7)}
            continues = memory.episodes.detail(rows[FORK].id).continues
            assert continues is not None and continues.id == rows[PARENT].id
            assert memory.figures.health(check=True).problems == ()


def context(role: str, words: str, **fields: Any) -> Line:
    content = [{"type": "text", "text": words}]
    said = {"role": role, "content": content, "toolCalls": []} | fields
    return {"type": "context.append_message", "message": said, "time": at(70)}


CALL = {"type": "function", "id": "c1", "name": "Bash", "arguments": '{"command":"ls"}'}
REPEATED = [
    context("user", "Plant quince", origin={"kind": "user"}),
    context("assistant", "I look.", toolCalls=[CALL]),
    context("tool", "no", toolCallId="c1", isError=True),
    context("assistant", "quince"),
]
REMINDER = context(
    "user",
    "<system-reminder>Aside.</system-reminder>",
    origin={"kind": "injection", "variant": "btw"},
)


@pytest.mark.parametrize("reminded", [True, False])
def test_a_question_aside_repeats_its_agent_and_is_its_child(
    tmp_path: Path, reminded: bool
) -> None:
    agents = {"agent-1": {"type": "sub", "parentAgentId": "main", "forkedFrom": "main"}}
    state(tmp_path, PARENT, agents=agents)
    lines = [HEAD, *REPEATED, *([REMINDER] if reminded else []), *turn(80, "medlar")]
    draft, steps = read(written(tmp_path, PARENT, lines, "agent-1"))
    assert (draft.key, draft.parent_key, draft.continues_key) == (
        f"{PARENT}/agent-1",
        PARENT,
        "",
    )
    assert shown(flagged(steps, StepFlag.COPIED)) == [
        [("message", "Plant quince")],
        [("message", "I look."), ("call", '{"command":"ls"}'), ("result", "no")],
        [("message", "quince")],
    ]
    assert draft.task == "Plant medlar"
    assert [step.parts[0].text for step in own(steps)][-3:] == [
        "Plant medlar",
        "<system-reminder>Mind.</system-reminder>",
        "medlar",
    ]
    assert len(own(steps)) == 3 + reminded


def test_an_agent_that_repeats_nothing_owns_all_its_lines(tmp_path: Path) -> None:
    agents = {
        "agent-0": {"type": "sub", "parentAgentId": "main"},
        "agent-1": {"type": "sub", "parentAgentId": "agent-0"},
    }
    state(tmp_path, PARENT, agents=agents)
    lines = [HEAD, *REPEATED, *turn(80, "medlar")]
    for agent, parent in (("agent-0", PARENT), ("agent-1", f"{PARENT}/agent-0")):
        draft, steps = read(written(tmp_path, PARENT, lines, agent))
        assert (draft.parent_key, own(steps)) == (parent, steps)


@given(st.lists(st.integers(0, 4), max_size=5), st.integers(-1, 5), st.booleans())
def test_taking_back_marks_prompts_and_drops_nothing(
    undone: list[int], last: int, compacted: bool
) -> None:
    summary: Line = {"type": "context.apply_compaction", "summary": "So far.", "time": at(50)}
    lines = [HEAD, *turn(5, "quince"), *([summary] if compacted else []), *turn(60, "medlar")]
    plain = [*lines]
    left = 1 if compacted else 2  # prompts that can be taken back
    for number, count in enumerate([*undone, last]):
        taken = turn(100 + 10 * number, f"tree{number}")
        lines += [*taken, {"type": "context.undo", "agentId": "main", "count": count}]
        plain += taken
        left = max(0, left + 1 - max(0, count))
    with TemporaryDirectory() as folder:
        root = Path(folder)
        _, steps = read(written(root, PARENT, lines))
        _, whole = read(written(root, FORK, plain))
    assert shown(steps) == shown(whole)
    assert not flagged(whole, StepFlag.TAKEN_BACK)
    prompts = [s for s in steps if s.source is StepSource.USER and not s.flags & StepFlag.INJECTED]
    standing = [s for s in prompts if not s.flags & StepFlag.TAKEN_BACK]
    assert len(standing) == left + compacted
    assert not any(s.flags & StepFlag.INJECTED for s in flagged(steps, StepFlag.TAKEN_BACK))
    for prompt, reply in zip(
        prompts, [s for s in steps if s.source is StepSource.AGENT], strict=True
    ):
        assert (prompt.flags ^ reply.flags) & StepFlag.TAKEN_BACK == 0


@pytest.mark.parametrize("count", [None, "2", 1.5, [], True])
def test_an_odd_count_harms_nothing(tmp_path: Path, count: object) -> None:
    lines = [*PAST, {"type": "context.undo", "count": count}]
    _, steps = read(written(tmp_path, PARENT, lines))
    assert len(steps) == 6


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"agents": 3, "forkedFrom": []}', b'{"agents": {"main": 1}}']
)
def test_a_damaged_state_says_nothing(tmp_path: Path, damage: bytes) -> None:
    path = written(tmp_path, PARENT, KIMI_CODE)
    (path.parents[2] / "state.json").write_bytes(damage)
    draft, steps = read(path)
    assert (draft.key, draft.continues_key, own(steps)) == (PARENT, "", steps)
