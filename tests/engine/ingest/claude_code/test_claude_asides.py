"""Asides of Claude Code: what they repeat of their session is copied, the rest is their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, Memory, StepFlag, open_memory

SESSION = "cc000000-0000-4000-8000-00000000000b"
HISTORY = ["Knit a scarf", "Knitted.", "And wool?", "Wool."]
ASKED = ["What is wool", "Hair.", "And silk", "Threads."]


def lines(said: list[str], start: int, parent: str | None, **more: Any) -> list[dict[str, Any]]:
    """Prompts and replies in turn, each hanging on the one before, the first on ``parent``."""
    usage = {"usage": {"input_tokens": 100, "output_tokens": 10}}
    return [
        {
            "type": ("user", "assistant")[index % 2],
            "sessionId": SESSION,
            "uuid": f"u-{text}",
            "parentUuid": f"u-{said[index - 1]}" if index else parent,
            "timestamp": f"2026-09-01T10:{start + index:02}:00.000Z",
            "message": {
                **{"id": f"m-{text}", "role": ("user", "assistant")[index % 2], "content": text},
                **(usage if index % 2 else {}),
            },
            **more,
        }
        for index, text in enumerate(said)
    ]


def own(memory: Memory) -> dict[str, tuple[list[str], int]]:
    """The own words and the tokens read, of the session and its aside."""
    listed = memory.episodes.find(EpisodeQuery())
    return {
        episode.key.removeprefix(SESSION): (
            [
                part.text
                for step in memory.steps.read(episode.id)
                if not step.flags & StepFlag.COPIED
                for part in step.parts
            ],
            episode.tokens_in,
        )
        for episode in memory.episodes.get(listed.window(0, len(listed)))
    }


@pytest.mark.parametrize("order", ["session first", "aside first", "one file"])
@pytest.mark.parametrize("agent", ["aside_question-1", "acompact-1"])
@pytest.mark.parametrize("replayed", [True, False])
def test_an_aside_counts_what_is_its_own(
    tmp_path: Path, order: str, agent: str, replayed: bool
) -> None:
    """One that repeats its session, and one that asks twice where its session is not repeated."""
    session = lines(HISTORY, 0, None)
    side = {"isSidechain": True, "agentId": agent}
    asked = ASKED[:2] if replayed else ASKED
    aside = lines(asked, 20, "u-Wool.", **side)
    if replayed:
        aside = [*lines(HISTORY, 0, None, **side), *aside]
    files = {"session first": [session, aside], "aside first": [aside, session]}
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for number, records in enumerate(files.get(order, [[*session, *aside]])):
            path = tmp_path / f"{number}.jsonl"
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
            memory.import_paths([path])
        tokens = 100 if replayed else 200
        assert own(memory) == {"": (HISTORY, 200), f"/{agent}": (asked, tokens)}
