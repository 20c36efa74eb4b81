"""Text that hides instructions: it reaches nobody unseen, neither people nor agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine.cli.root import hpm
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.cases import CASES
from tests.support.written_episodes import write

CASE = CASES / "60-attack" / "invisible_tags.jsonl"
UNSEEN = set(map(chr, range(0xE0000, 0xE0080)))
UNSEEN |= set("\xad\u061c\u200b\u200e\u200f\u202e\u2060\u2066\ufeff")
SAID = "marmalade visible ⟦32 invisible characters: U+E0020 to U+E0056⟧ end"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("tags") / "s.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([CASE])
        memory.recall.prepare()
    return path


@pytest.mark.parametrize(
    "arguments",
    [("show", "1"), ("episodes",), ("recall", "marmalade", "--context"), ("recall", "marmalade")],
)
def test_commands_say_which_and_how_many(store: Path, arguments: tuple[str, ...]) -> None:
    command, *rest = arguments
    printed = CliRunner().invoke(hpm, [command, str(store), *rest], catch_exceptions=False)
    assert printed.exit_code == 0
    assert SAID in printed.stdout
    assert not set(printed.output) & UNSEEN


def test_an_agent_is_not_handed_what_people_do_not_see(store: Path) -> None:
    with open_memory(store) as memory:
        text = memory.recall.ask("marmalade").context.text
        assert f"> {SAID}" in text
        assert not set(text) & UNSEEN
        assert "\U000e0049" in stored(memory)  # the store keeps what was written


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_an_export_spells_what_the_arguments_of_a_call_hide(tmp_path: Path, form: str) -> None:
    hidden = "a\U000e0041\u202e\u200b\x9b31m\x1b]0;t\x07b"
    call = Part(PartKind.CALL, json.dumps({"command": hidden}), "Bash" + hidden, "c1")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write(memory, [StepDraft(StepSource.AGENT, (call,))])
    arguments = ["export", str(tmp_path / "s.hpm"), "1", "--format", form]
    printed = CliRunner().invoke(hpm, arguments, catch_exceptions=False)
    assert printed.exit_code == 0 and "invisible characters: U+" in printed.stdout
    assert not set(printed.output) & (UNSEEN | {"\x1b", "\x07", "\x9b"})


@pytest.mark.parametrize(
    "given", [["{}"], ["export", "s.hpm", "1", "--format", "{}"], ["show", "--{}"]]
)
def test_wrong_usage_is_told_without_what_nobody_sees(given: list[str]) -> None:
    typed = "x\U000e0041\ufe01\u200b\x1b[31m"
    ended = CliRunner().invoke(hpm, [word.format(typed) for word in given])
    assert ended.exit_code == 2
    assert not set(ended.output) & (UNSEEN | {"\x1b", "\ufe01"})


def stored(memory: Memory) -> str:
    return "".join(part.text for step in memory.steps.read(1) for part in step.parts)
