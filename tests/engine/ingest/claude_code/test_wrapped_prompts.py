"""Prompts that a program wrapped: whose words they are, and what the session is called by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.claude_code.prompts import voices
from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.cases import CASES

CASE = CASES / "14-wrapped-prompts"
TITLES = {
    "bash": "! ls barn",
    "channel": "Please restart the mill.",
    "continued": "Continued: we mended the sluice.",
    "cron": "Sweep the granary.",
    "cross": "The ford is flooded, take the bridge.",
    "ide": "Rename the barn doors",
    "teammate": "Check the rain gauges on the west ridge.",
}
OWN, INJECTED, COMPACTION = StepFlag.NONE, StepFlag.INJECTED, StepFlag.COMPACTION


def read(path: Path) -> tuple[str, list[Any]]:
    source = SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))
    ((draft, steps),) = [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(source)]
    return draft.task, [step for step in steps if step.source is not StepSource.AGENT]


def session(tmp_path: Path, *prompts: str) -> tuple[str, list[Any]]:
    lines = [
        {
            "type": "user",
            "sessionId": "s",
            "timestamp": f"2026-09-01T10:00:{number:02}Z",
            "message": {"role": "user", "content": prompt},
        }
        for number, prompt in enumerate(prompts)
    ]
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return read(path)


@pytest.mark.parametrize("name", sorted(TITLES))
def test_titles_show_no_tags(name: str) -> None:
    title, _ = read(CASE / f"{name}.jsonl")
    assert title == TITLES[name]


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("bash", [OWN]),
        ("channel", [INJECTED]),
        ("continued", [COMPACTION]),
        ("cron", [INJECTED]),
        ("cross", [INJECTED]),
        ("ide", [INJECTED, OWN]),
        ("teammate", [INJECTED]),
    ],
)
def test_only_what_a_person_typed_is_the_persons(name: str, flags: list[StepFlag]) -> None:
    _, steps = read(CASE / f"{name}.jsonl")
    assert [step.flags for step in steps] == flags


@pytest.mark.parametrize(
    ("prompt", "title", "own"),
    [
        ("<system-reminder>mind</system-reminder>\n\nMend the sluice", "Mend the sluice", True),
        ("<channel source='a>\"b' to=\"it's\">Mend it</channel>", "Mend it", False),
        ("Mend the sluice\n<system-reminder>mind</system-reminder>", "Mend the sluice", True),
        (
            "<ide_selection>x = 1</ide_selection>\n<ide_opened_file>a</ide_opened_file> Go",
            "Go",
            True,
        ),
        ('<night-watch by="a > b">\nBar the gate\n</night-watch>', "Bar the gate", False),
        ("<night_watch><order>Bar the gate</order></night_watch>", "Bar the gate", False),
        (
            "<teammate-message>One</teammate-message>\n<teammate-message>Two</teammate-message>",
            "One",
            False,
        ),
        (
            "Another Claude session sent a message:\n<agent-message>Hay</agent-message>",
            "Hay",
            False,
        ),
        (
            "<task-notification><summary>Hay is in</summary></task-notification>\nRead it",
            "Hay is in",
            False,
        ),
        ("<bash-input>ls</bash-input>\n<bash-stdout>hay</bash-stdout>", "! ls", True),
        ("<command-message>mow</command-message>\n<command-name>/mow</command-name>", "/mow", True),
        ("<uploaded_files>/barn</uploaded_files>\nMend it", None, True),
        ("<div>a page</div>", "<div>a page</div>", True),
        ("why does <system-reminder>x</system-reminder>", None, True),
    ],
)
def test_wrappers_of_every_kind(tmp_path: Path, prompt: str, title: str | None, own: bool) -> None:
    task, steps = session(tmp_path, prompt)
    assert task == (title or " ".join(prompt.split()))
    assert any(not step.flags for step in steps) is own
    parts = [part.text for step in steps for part in step.parts]
    assert "".join("".join(parts).split()) == "".join(prompt.split())  # nothing is dropped


def test_the_persons_own_words_come_before_what_others_said(tmp_path: Path) -> None:
    said = "<teammate-message>Look at the west ridge</teammate-message>"
    preamble = "This session is being continued from a previous conversation. Summary: old"
    assert session(tmp_path, preamble, said, "Now mow")[0] == "Now mow"
    assert session(tmp_path, preamble, said)[0] == "Look at the west ridge"
    assert session(tmp_path, said, "<command-name>/mow</command-name>")[0] == "/mow"


@pytest.mark.parametrize(
    "text",
    [
        "<system-reminder>" * 20_000,
        "<ide_selection>a</ide_selection>" * 5_000 + "go",
        "go" + "\n<system-reminder>a</system-reminder>" * 5_000,
        "<a-b " + '"' * 100_000,
        "<" * 100_000,
    ],
)
def test_long_and_broken_wrappers_are_cut_without_loss(text: str) -> None:
    parts = voices(text)
    assert "".join("".join(part for _, part in parts).split()) == "".join(text.split())
