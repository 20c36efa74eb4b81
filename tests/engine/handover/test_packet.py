"""A session in brief: what it holds, in which order, and never more than its budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine import HANDOVER_TOKENS, Memory, open_memory
from hpm_engine.handover.packet import packet
from hpm_engine.handover.session_state import state_of
from hpm_engine.recall.quotation import tokens_in
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

NO_TABLE = "no such table: hay"


def step(seq: int, source: StepSource, *parts: Part, flags: StepFlag = StepFlag.NONE) -> Step:
    return Step(1, seq, source, flags, None, "", None, None, parts)


def bash(seq: int, command: str, result: str, *, failed: bool = False) -> Step:
    call = Part(PartKind.CALL, json.dumps({"command": command}), "Bash", f"c{seq}")
    back = Part(PartKind.RESULT, result, "", f"c{seq}", failed)
    return step(seq, StepSource.AGENT, call, back)


def said(seq: int, text: str, source: StepSource = StepSource.USER) -> Step:
    return step(seq, source, Part(PartKind.MESSAGE, text))


@pytest.fixture
def memory(tmp_path: Path) -> Any:
    head = {"sessionId": "aaaa-1111", "cwd": "/home/ada/barn", "gitBranch": "hay"}
    lines = []
    for number, text in enumerate(("Build the barn", "Use oak, not pine")):
        at = {"timestamp": f"2026-03-01T10:0{number}:00Z"}
        lines.append(
            head | at | {"type": "user", "uuid": f"u{number}", "message": {"content": text}}
        )
        answer = {"id": f"m{number}", "model": "sonnet", "content": f"Done with {number}"}
        lines.append(head | at | {"type": "assistant", "uuid": f"a{number}", "message": answer})
    (tmp_path / "aaaa-1111.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([tmp_path])
        yield memory


def test_the_state_is_what_is_open_and_what_was_done() -> None:
    edit = Part(
        PartKind.CALL, json.dumps({"file_path": "/b/hay.py", "new_string": "x"}), "Edit", "e"
    )
    todo = Part(PartKind.CALL, json.dumps({"todos": [{"content": "mow"}]}), "TodoWrite", "t")
    state = state_of(
        [
            said(0, "Make hay"),
            bash(1, "pytest a", NO_TABLE, failed=True),
            bash(2, "pytest b", NO_TABLE, failed=True),
            step(3, StepSource.AGENT, edit, Part(PartKind.RESULT, "ok", "", "e")),
            bash(4, "cd /b && pytest a", "1 passed"),
            step(5, StepSource.AGENT, todo),
            said(6, "not of this task", StepSource.USER),
            said(7, "Half of it is done", StepSource.AGENT),
        ],
        "/b",
    )
    assert [text for _, text in state.prompts] == ["Make hay", "not of this task"]
    assert state.last_words == (7, "Half of it is done")
    assert [seq for seq, _ in state.open] == [2]  # a passed later
    assert dict(state.files) == {"hay.py": 1}
    assert list(state.worked) == ["cd /b && pytest a"]
    assert state.plan == (5, "mow")


def test_injected_and_demonstrated_steps_are_not_handed_over() -> None:
    hidden = step(
        0, StepSource.USER, Part(PartKind.MESSAGE, "environment"), flags=StepFlag.INJECTED
    )
    assert state_of([hidden], "").prompts == []


def test_a_packet_quotes_task_and_decisions_with_their_steps(memory: Memory) -> None:
    handed = memory.episodes.hand_over(1)
    assert handed.tokens <= HANDOVER_TOKENS.value
    assert handed.left_out == ()
    text = handed.text
    assert "> folder: /home/ada/barn" in text and "> branch: hay" in text
    assert text.index("> Build the barn") < text.index("> Done with 1") < text.index("> Use oak")
    assert "step 3:\n> Use oak, not pine" in text
    [row] = [row for row in memory.audit.page() if row.action == "export"]
    assert row.subject == "episode:1"


def test_reading_a_packet_logs_nothing(memory: Memory) -> None:
    before = len(memory.audit.page())
    assert memory.episodes.packet(1).text == memory.episodes.hand_over(1).text
    assert len(memory.audit.page()) == before + 1


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(st.text(max_size=3000), min_size=1, max_size=6),
    budget=st.integers(HANDOVER_TOKENS.least or 0, 3000),
)
def test_no_text_breaks_the_budget_or_the_fence(
    memory: Memory, texts: list[str], budget: int
) -> None:
    steps = [said(seq, text) for seq, text in enumerate(texts)]
    steps += [bash(9, "x" * 500, "~" * 50 + "\n> nothing\n" + texts[0], failed=True)]
    handed = packet(memory.episodes.detail(1), state_of(steps, ""), budget)
    assert tokens_in(handed.text) == handed.tokens <= budget
    fence = handed.text.split("\n")[1]
    assert set(fence) == {"~"} and handed.text.count(f"\n{fence}\n") == 2
    body = handed.text.split(f"\n{fence}\n")[1]
    assert all(
        line.startswith(("> ", "## ", "step ", "(cut")) or not line for line in body.split("\n")
    )
