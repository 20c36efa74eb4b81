from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.grok_lines import ANTIGRAVITY, abridged
from tests.support.files.line_sources import Line, jsonl
from tests.support.files.trace_sources import memory_source, read_one, shown

FOLDER = "/h/.gemini/antigravity-cli/brain/a47/.system_generated/logs"


@pytest.mark.parametrize(
    ("name", "lines", "passed"),
    [
        ("transcript_full", ANTIGRAVITY, "14 passed, and so on"),
        ("transcript", abridged(ANTIGRAVITY), "14 passed"),
    ],
)
def test_both_tellings_have_the_same_steps(name: str, lines: list[Line], passed: str) -> None:
    source = memory_source(jsonl(*lines, {**lines[0], "source": "?"}), f"{FOLDER}/{name}.jsonl")
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.task) == ("antigravity", "a47", "Fix the ferry")
    assert shown(steps) == [
        [("message", "It is noon.")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"command":"make test","wait":5}'),
            ("call", '{"path":"a.py"}'),
            ("result", passed),
            ("result", "no such file"),
        ],
        [("message", "So far: looked.")],
        [("message", "Done.")],
        [("message", "A task ended.")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.SYSTEM, StepFlag.INJECTED),
    ]
    account = source.account.sums()
    assert dict(account.passed_over) == {"an earlier state of a step": 1}
    assert dict(account.unknown) == {"a step of ?": 1}


@pytest.mark.parametrize("order", [["transcript", "transcript_full"], ["transcript"]])
def test_two_tellings_of_a_session_are_one_and_the_fuller_counts(
    order: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "brain" / "a47" / ".system_generated" / "logs"
    folder.mkdir(parents=True)
    (folder / "transcript.jsonl").write_bytes(jsonl(*abridged(ANTIGRAVITY)))
    (folder / "transcript_full.jsonl").write_bytes(jsonl(*ANTIGRAVITY))
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        for name in order:
            memory.import_paths([folder / f"{name}.jsonl"])
        (number,) = memory.episodes.find(EpisodeQuery()).window(0, 5)
        steps = memory.steps.read(number)
        raw = b"".join(memory.originals.whole(number))
    assert [part.text for part in steps[2].parts][4] == "14 passed, and so on"
    assert raw in (jsonl(*ANTIGRAVITY), jsonl(*abridged(ANTIGRAVITY)))


def test_a_result_without_a_call_stands_alone() -> None:
    lines = [{**line, "step_index": 0} for line in ANTIGRAVITY if line["type"] == "VIEW_FILE"]
    _, steps = read_one(memory_source(jsonl(*lines)))
    assert [(step.source, step.flags) for step in steps] == [(StepSource.SYSTEM, StepFlag.ERROR)]


def test_steps_may_lack_their_number_and_their_type() -> None:
    words = "<USER_REQUEST>Fix the ferry<ADDITIONAL_METADATA>noon</ADDITIONAL_METADATA>"
    asked = {"source": "USER_EXPLICIT", "content": f"{words}</USER_REQUEST>"}
    lines = [
        {"created_at": f"2026-05-04T08:00:0{second}Z", **line}
        for second, line in enumerate((asked, {"source": "MODEL", "content": "Done."}))
    ]
    draft, steps = read_one(memory_source(jsonl(*lines), f"{FOLDER}/transcript.jsonl"))
    assert (draft.format, draft.key, draft.task) == ("antigravity", "a47", "Fix the ferry")
    assert shown(steps) == [
        [("message", "noon")],
        [("message", "Fix the ferry")],
        [("message", "Done.")],
    ]
    assert [step.source for step in steps][1:] == [StepSource.USER, StepSource.AGENT]
