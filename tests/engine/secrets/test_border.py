"""What leaves a store carries no secret, also where they are kept in clear."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import ExportFormat, Memory, RecallOptions, SecretPolicy, open_memory
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.written_episodes import step, write

SECRET = "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """A store that holds a secret in clear, as one of an earlier version may."""
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        said = (Part(PartKind.MESSAGE, f"The harbour pump is started with {SECRET} by hand"),)
        write(memory, [StepDraft(StepSource.USER, said, 1)])
        for number in range(4):
            write(memory, [step(number, f"a word of the weather {number}")], f"other {number}")
        memory.recall.prepare()
        yield memory


def test_an_agent_is_given_none(memory: Memory) -> None:
    memory.secrets.set_policy(SecretPolicy.KEEP)
    recall = memory.recall.ask("harbour pump", options=RecallOptions(into="s9"))
    assert "harbour pump" in recall.context.text and SECRET not in recall.context.text
    assert "[REDACTED:github-classic:" in recall.context.text
    assert SECRET not in memory.episodes.packet(1).text


def test_what_an_agent_asks_and_proposes_is_masked(memory: Memory) -> None:
    memory.recall.ask(f"harbour pump {SECRET}", options=RecallOptions(into="s9"))
    assert SECRET not in memory.recall.past(0, 1)[0].cue
    memory.proposals.propose(f"Start the pump with {SECRET}.", because=f"I used {SECRET}")
    [proposal] = memory.proposals.page()
    assert SECRET not in proposal.text + proposal.because


@pytest.mark.parametrize("format_", [ExportFormat.ATIF, ExportFormat.MARKDOWN, ExportFormat.HTML])
def test_exports_carry_none_unless_a_person_keeps_them(
    memory: Memory, tmp_path: Path, format_: ExportFormat
) -> None:
    target = tmp_path / "out"
    memory.episodes.export(1, target, form=format_)
    assert SECRET not in target.read_text()
    if format_ is ExportFormat.ATIF:
        json.loads(target.read_text())
    memory.secrets.set_policy(SecretPolicy.KEEP)
    memory.episodes.export(1, target, form=format_)
    assert SECRET in target.read_text()
