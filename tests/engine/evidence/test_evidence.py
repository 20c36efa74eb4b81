"""Evidence for notes: each verdict with the steps behind it, from sessions of its folder alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import Bearing, LineEvidence, Memory, NoteVerdict, NotFound, open_memory
from hpm_engine.evaluation.notes.bench import judge_planted
from hpm_engine.evaluation.notes.planted import Deed, PlantedLine, planted_lines
from hpm_engine.evaluation.notes.sessions import NOTED_AT, session_files
from hpm_engine.evaluation.notes.wordings import DEVELOPED, HELD_OUT, Wording

TRUE, OUTDATED = NoteVerdict.TRUE, NoteVerdict.OUTDATED
CONTRADICTED, NEVER = NoteVerdict.CONTRADICTED, NoteVerdict.NEVER


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def judged(memory: Memory, tmp_path: Path, text: str, *deeds: Deed) -> LineEvidence:
    """The evidence for a line of a memory, and of sessions with these deeds."""
    line = PlantedLine(text, TRUE, "", deeds)
    for name, content in session_files([line], "seed", DEVELOPED).items():
        (tmp_path / name).write_bytes(content)
    note = tmp_path / "projects" / "-home-ida-work-kiln" / "memory" / "MEMORY.md"
    note.parent.mkdir(parents=True)
    note.write_text(f"# Rules\n\n{text}\n")
    os.utime(note, (NOTED_AT, NOTED_AT))
    memory.import_paths([tmp_path], base=tmp_path)
    (stored,) = memory.memory_notes.find()
    (evidence,) = memory.memory_notes.evidence(stored.id)
    assert (evidence.line, evidence.text) == (3, text)
    return evidence


def run(when: int, command: str, *, worked: bool = True, output: str = "ok") -> Deed:
    return Deed(when, "run", command, output, worked)


def test_a_command_that_ran_and_worked_is_true(memory: Memory, tmp_path: Path) -> None:
    found = judged(memory, tmp_path, "Run `make test`.", run(2, "cd kiln && make test"))
    assert found.verdict is TRUE
    (step,) = found.steps
    assert (step.bearing, step.text) == (Bearing.FOR, "make test")
    detail = memory.steps.read(step.episode_id)[step.seq]
    assert "make test" in detail.parts[0].text


def test_a_command_that_fails_since_is_contradicted(memory: Memory, tmp_path: Path) -> None:
    gone = "make: *** No rule to make target 'test'."
    later = run(8, "make test", worked=False, output=gone)
    found = judged(memory, tmp_path, "Run `make test`.", run(2, "make test"), later)
    assert found.verdict is CONTRADICTED
    assert [step.bearing for step in found.steps] == [Bearing.AGAINST, Bearing.FOR]
    assert found.steps[0].text == "make test (failed)"


def test_one_red_run_of_a_test_is_no_contradiction(memory: Memory, tmp_path: Path) -> None:
    red = run(8, "make test", worked=False, output="1 failed")
    assert judged(memory, tmp_path, "Run `make test`.", run(2, "make test"), red).verdict is TRUE


def test_a_command_that_another_took_over_from_is_contradicted(
    memory: Memory, tmp_path: Path
) -> None:
    deeds = (run(1, "npm run check"), run(7, "pnpm check"), run(8, "pnpm check"))
    found = judged(memory, tmp_path, "Before a commit: `npm run check`", *deeds)
    assert (found.verdict, found.steps[0].text) == (CONTRADICTED, "pnpm check")


def test_a_value_that_another_followed_is_contradicted(memory: Memory, tmp_path: Path) -> None:
    deeds = (
        Deed(1, "ask", "The staging database is on port 5433, through the tunnel."),
        Deed(8, "ask", "Since this week staging listens on port 6432. Forget 5433."),
    )
    found = judged(memory, tmp_path, "Staging's database listens on port 5433.", *deeds)
    assert found.verdict is CONTRADICTED


def test_another_things_value_says_nothing(memory: Memory, tmp_path: Path) -> None:
    deeds = (
        Deed(1, "ask", "The staging database is on port 5433."),
        Deed(8, "ask", "The preview server answers on port 3000 now."),
    )
    assert judged(memory, tmp_path, "Staging's database: port 5433", *deeds).verdict is TRUE


def test_what_is_forbidden_and_done_is_contradicted(memory: Memory, tmp_path: Path) -> None:
    edit = Deed(7, "edit", "generated/client.ts", body="export {}\n")
    found = judged(memory, tmp_path, "Never edit generated/ by hand.", edit)
    assert found.verdict is CONTRADICTED


def test_a_line_that_nothing_can_show_is_said_to_be_one(memory: Memory, tmp_path: Path) -> None:
    assert judged(memory, tmp_path, "Be kind.").verdict is NoteVerdict.NOTHING


def test_sessions_of_other_folders_do_not_count(memory: Memory, tmp_path: Path) -> None:
    other = DEVELOPED._replace(name="other", folder="/home/ida/work/other")
    for name, content in session_files(
        [PlantedLine("", TRUE, "", (run(1, "make test"),))], "seed", other
    ).items():
        (tmp_path / name).write_bytes(content)
    kiln = tmp_path / "projects" / "-home-ida-work-kiln" / "memory"
    kiln.mkdir(parents=True)
    (kiln / "MEMORY.md").write_text("Run `make test`.\n")
    for name, content in session_files([], "kiln", DEVELOPED).items():
        (tmp_path / name).write_bytes(content)
    memory.import_paths([tmp_path], base=tmp_path)
    (note,) = memory.memory_notes.find()
    assert note.scope == DEVELOPED.folder
    (line,) = memory.memory_notes.evidence(note.id)
    assert line.verdict is NEVER
    with pytest.raises(NotFound):
        memory.memory_notes.evidence(99)


@pytest.mark.parametrize("wording", [DEVELOPED, HELD_OUT], ids=lambda wording: wording.name)
def test_planted_lines_are_judged_rightly(wording: Wording) -> None:
    judgements = [
        judgement
        for seed in ("first", "second")
        for judgement in judge_planted(planted_lines(seed, wording), seed, wording)
    ]
    right = sum(each.found.verdict is each.planted.verdict for each in judgements)
    assert len(judgements) == 48
    assert {each.planted.verdict for each in judgements} == {TRUE, OUTDATED, CONTRADICTED, NEVER}
    assert right / len(judgements) >= 0.95


def test_the_two_sets_of_words_share_none() -> None:
    for field in ("commands", "command_lines", "way_lines", "value_lines", "paths", "path_lines"):
        assert not set(getattr(DEVELOPED, field)) & set(getattr(HELD_OUT, field))
