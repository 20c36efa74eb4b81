"""Records that stand on one line, of which one is copied and one the session's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, Memory, StepFlag, open_memory
from tests.support.cases import CASES

CASE = CASES / "02-codex-fork" / "rollout-fork.jsonl"
OWN = "cc000000-0000-4000-8000-00000000000b"


def claude(session: str, *said: str, start: int = 0, **more: Any) -> list[str]:
    return [
        json.dumps(
            {
                "type": ("user", "assistant")[index % 2],
                "sessionId": session,
                "uuid": text,
                "timestamp": f"2026-09-01T10:{start + index:02}:00.000Z",
                "message": {
                    **{
                        "id": f"m-{text}",
                        "role": ("user", "assistant")[index % 2],
                        "content": text,
                    },
                    **({"usage": {"input_tokens": 10, "output_tokens": 1}} if index % 2 else {}),
                },
                **more,
            }
        )
        for index, text in enumerate(said)
    ]


def own_words(memory: Memory) -> list[str]:
    (key,) = memory.episodes.find(EpisodeQuery()).window(0, 9)
    steps = [step for step in memory.steps.read(key) if not step.flags & StepFlag.COPIED]
    return [part.text for step in steps for part in step.parts]


def bring(folder: Path, name: str, lines: list[str], joined: int) -> list[str]:
    """The session's own words, of a file whose line ``joined`` stands on the one before."""
    for last in (-1, joined):
        with open_memory(folder / f"{last}.hpm", create=True) as memory:
            ends = ["" if number + 1 == last else "\n" for number in range(len(lines))]
            path = folder / name
            path.write_text("".join(map("".join, zip(lines, ends, strict=True))))
            memory.import_paths([path])
            words = own_words(memory)
    return words


@pytest.mark.parametrize("form", ["resumed", "forked", "aside"])
def test_a_line_of_claude_code_with_a_copied_and_an_own_record(tmp_path: Path, form: str) -> None:
    name = f"{OWN}.jsonl"
    copied = claude("theirs", "Knit a scarf", "Knitted.")
    mine = claude(OWN, "Now a hat", "Hat.", start=10, parentUuid="Knitted.")
    if form == "forked":
        more = {"forkedFrom": {"sessionId": "theirs", "messageUuid": "x"}}
        copied = claude(OWN, "Knit a scarf", "Knitted.", **more)
    elif form == "aside":
        name = "agent-aside_1.jsonl"
        more = {"isSidechain": True, "agentId": "aside_1"}
        copied = claude("theirs", "Knit a scarf", "Knitted.", **more)
        mine = claude("theirs", "Now a hat", "Hat.", start=10, **more)
    assert bring(tmp_path, name, [*copied, *mine], 2) == ["Now a hat", "Hat."]


def test_a_line_of_codex_with_a_copied_and_an_own_record(tmp_path: Path) -> None:
    lines = CASE.read_text().splitlines()
    joined = next(index for index, line in enumerate(lines) if "T08:00:3" in line[:60])
    words = bring(tmp_path, CASE.name, lines, joined)
    assert words == ["Now graft the quince instead", "Grafted."]
