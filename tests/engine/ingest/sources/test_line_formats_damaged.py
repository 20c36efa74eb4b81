"""Damaged and growing files: never anything but a clear refusal, never a different past."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.codex.output import is_running
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.sources.reader import FormatReader
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import episodes, file_source, source_of

CLAUDE = ClaudeCodeReader()
CODEX = CodexReader()


def steps_or_refusal(reader: FormatReader, data: bytes) -> list[StepDraft]:
    try:
        drafts = episodes(reader, source_of(data))
    except CannotImport as refusal:
        assert str(refusal).startswith("session.jsonl")
        return []
    return [step for _, steps in drafts for step in steps]


def settled(step: StepDraft) -> bool:
    """Whether a step awaits nothing: a result may still come to the others."""
    if step.flags & StepFlag.UNANSWERED:
        return False
    return not any(is_running(part.text) for part in step.parts)


def assert_same_past(before: list[StepDraft], whole: list[StepDraft]) -> None:
    """What was read of a shorter file is what the longer one begins with.

    Texts before the agent's next step, and that step itself, are still open at the cut.
    """
    agent = [index for index, step in enumerate(before) if step.source is StepSource.AGENT]
    last = agent[-1] if agent else 0
    assert len(before) <= len(whole) + 1
    for early, late in zip(before[:last], whole[:last], strict=True):
        assert early == late or not settled(early)


def cuts(data: bytes, count: int) -> list[int]:
    chance = random.Random(len(data))
    return sorted(chance.randrange(len(data)) for _ in range(count))


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (CLAUDE, "claude-code/codemie/session-9eda1058.jsonl"),
        (CLAUDE, "claude-code/codemie/session-196820da.jsonl"),
        (CLAUDE, "claude-code/moredip/fixtures/images-in-user-messages.jsonl"),
        (CLAUDE, "claude-code/codemie/claude/incremental-subagents/turn-2.jsonl"),
        (CODEX, "codex-cli/codemie-handmade/turn-2.jsonl"),
        (
            CODEX,
            "codex-cli/codemie/rollout-2026-05-11T11-26-55-019e1625-789d-76c0-80ab-3724b5ddb799.jsonl",
        ),
    ],
)
def test_a_file_cut_anywhere_has_the_same_past(data: Path, reader: FormatReader, name: str) -> None:
    (path,) = data.glob(name)
    raw = path.read_bytes()
    whole = [step for _, steps in episodes(reader, file_source(path)) for step in steps]
    for cut in cuts(raw, 60):
        assert_same_past(steps_or_refusal(reader, raw[:cut]), whole)


SMALL_CLAUDE = (
    b'{"type":"user","sessionId":"s","timestamp":"2026-01-01T00:00:00Z","message":{"content":"go"}}\n'
    b'{"type":"assistant","sessionId":"s","timestamp":"2026-01-01T00:00:01Z","message":{"id":"m1",'
    b'"model":"x","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"a":[1]}}],'
    b'"usage":{"input_tokens":3,"output_tokens":4}}}\n'
    b'{"type":"user","sessionId":"s","timestamp":"2026-01-01T00:00:02Z","message":{"content":'
    b'[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]}}\n'
    b'{"type":"assistant","sessionId":"s","message":{"id":"m2","content":[{"type":"text",'
    b'"text":"done \\ud83d\\ude00"}]}}\n'
)
SMALL_CODEX = (
    b'{"timestamp":"2026-01-01T00:00:00Z","type":"session_meta","payload":{"id":"s","cwd":"/x"}}\n'
    b'{"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"user_message",'
    b'"message":"go"}}\n'
    b'{"timestamp":"2026-01-01T00:00:02Z","type":"response_item","payload":{"type":"function_call",'
    b'"name":"shell","arguments":"{}","call_id":"c1"}}\n'
    b'{"timestamp":"2026-01-01T00:00:03Z","type":"event_msg","payload":{"type":"token_count",'
    b'"info":{"last_token_usage":{"input_tokens":3,"output_tokens":1}}}}\n'
    b'{"timestamp":"2026-01-01T00:00:04Z","type":"response_item","payload":{"type":'
    b'"function_call_output","call_id":"c1","output":"{\\"output\\":\\"x\\"}"}}\n'
    b'{"timestamp":"2026-01-01T00:00:05Z","type":"response_item","payload":{"type":"message",'
    b'"role":"assistant","content":[{"type":"output_text","text":"done"}]}}\n'
)
SMALL = [(CLAUDE, SMALL_CLAUDE), (CODEX, SMALL_CODEX)]


@pytest.mark.parametrize(("reader", "data"), SMALL)
def test_a_small_file_cut_at_every_byte_has_the_same_past(
    reader: FormatReader, data: bytes
) -> None:
    whole = steps_or_refusal(reader, data)
    assert len(whole) == 3
    for cut in range(len(data)):
        assert_same_past(steps_or_refusal(reader, data[:cut]), whole)


@pytest.mark.parametrize(("reader", "data"), SMALL)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_a_mutated_file_is_read_or_refused(
    reader: FormatReader, data: bytes, chance: random.Random
) -> None:
    mutated = bytearray(data)
    tokens = [
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"7",
        b"\n",
        b"\xff",
        b"\\ud800",
        b":",
        b"-1e9",
    ]
    for _ in range(chance.randrange(1, 6)):
        offset = chance.randrange(len(mutated))
        mutated[offset : offset + chance.randrange(0, 9)] = chance.choice(tokens)
    reader.recognises(source_of(bytes(mutated)))
    for step in steps_or_refusal(reader, bytes(mutated)):
        for part in step.parts:
            part.text.encode()  # no lone surrogates reach the store


@pytest.mark.parametrize(("reader", "data"), SMALL)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_lines_in_any_order_are_read_or_refused(
    reader: FormatReader, data: bytes, chance: random.Random
) -> None:
    lines = data.splitlines(keepends=True) * 2
    chance.shuffle(lines)
    steps_or_refusal(reader, b"".join(lines))
