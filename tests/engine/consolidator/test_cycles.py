from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from hpm_engine import Cancelled, CannotWrite, Job, NotFound, StoreBusy, Trigger, open_memory
from hpm_engine.consolidator.rule import SHIPPED
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.job import Progress
from hpm_engine.memory import Memory
from tests.support.lessons import school, tables, write_lessons


def stopping_after(steps: int) -> Job:
    """A job that is stopped at its n-th report."""
    seen = 0

    def count(progress: Progress) -> None:
        nonlocal seen
        seen += 1
        if seen >= steps:
            job.cancel()

    job = Job(count, interval=0)
    return job


def test_a_cycle_settles_memories_into_prototypes_that_link_to_them(memory: Memory) -> None:
    tier = memory.consolidation
    assert tier.waiting() == 120
    report = tier.run(120)
    assert (report.id, report.memories, report.left) == (1, 120, 0)
    assert tier.waiting() == 0
    prototypes = tier.prototypes()
    assert [prototype.id for prototype in prototypes] == list(report.born)
    assert sum(prototype.count for prototype in prototypes) == pytest.approx(120, rel=1e-6)
    links = [link for prototype in prototypes for link in tier.members(prototype.id)]
    assert {(link.episode_id, link.number) for link in links} == {
        (episode, number) for episode in range(1, 61) for number in (0, 1)
    }
    assert {(link.start, link.stop) for link in links} == {(0, 5), (5, 10)}
    assert report.after is not None
    assert report.after.acc > 0.9


def test_a_cycle_of_fifty_leaves_the_rest_for_the_next_and_replays_some(memory: Memory) -> None:
    first, second = memory.consolidation.run(), memory.consolidation.run()
    assert (first.memories, first.left, first.replayed) == (50, 70, ())
    assert (second.memories, second.left) == (50, 20)
    assert len(second.replayed) == SHIPPED.replay


def test_it_tells_what_held_each_prototype(memory: Memory) -> None:
    first = memory.consolidation.run(40)
    assert first.held_by == {}  # nothing was known yet
    report = memory.consolidation.run(40)
    assert report.held_by
    assert set(report.held_by) <= {prototype.id for prototype in memory.consolidation.prototypes()}
    assert sum(report.held_by.values()) == pytest.approx(report.held[-1])
    free = memory.consolidation.preview(40, rule=structs.replace(SHIPPED, beta=0.0))
    assert free.held_by == {}


def test_nothing_waits_and_nothing_is_written(memory: Memory) -> None:
    memory.consolidation.run(120)
    before = memory.audit.count()
    again = memory.consolidation.run(120)
    assert (again.id, again.memories) == (None, 0)
    assert memory.audit.count() == before


def test_information_is_counted_once(memory: Memory, tmp_path: Path) -> None:
    memory.consolidation.run(120)
    before = tables(memory)
    memory.consolidation.run(120)
    assert tables(memory) == before
    write_lessons(memory, "alpha", 1)
    memory.consolidation.run(120)
    counts = sum(prototype.count for prototype in memory.consolidation.prototypes())
    assert counts == pytest.approx(122, rel=1e-6)


def test_labels_say_what_sets_prototypes_apart(memory: Memory) -> None:
    memory.consolidation.run(120)
    for prototype in memory.consolidation.prototypes():
        exemplar = memory.consolidation.members(prototype.id)[0]
        project = memory.episodes.detail(exemplar.episode_id).episode.project
        assert prototype.label.paths[0] == f"src/{project}/{project}_model.py"
        assert prototype.label.tools == (f"{project}_tool",)
        assert project in prototype.label.terms


def test_a_cycle_that_was_stopped_goes_on_to_the_same_end(memory: Memory, tmp_path: Path) -> None:
    memory.internals.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(memory.path, tmp_path / "whole.hpm")
    with open_memory(tmp_path / "whole.hpm") as whole:
        whole.consolidation.run(120)
        expected = tables(whole)
    for steps in (1, 30, 70):
        with pytest.raises(Cancelled):
            memory.consolidation.run(120, job=stopping_after(steps))
        assert tables(memory)["prototypes"] == []
    memory.consolidation.run(120)
    assert tables(memory) == expected


def test_a_stopped_cycle_does_not_learn_its_first_slices_again(memory: Memory) -> None:
    with pytest.raises(Cancelled):
        memory.consolidation.run(120, job=stopping_after(60))
    seen: list[Progress] = []
    memory.consolidation.run(120, job=Job(seen.append, interval=0))
    assert next(progress for progress in seen if progress.note == "consolidating").done == 50


@pytest.mark.parametrize("moment", ["learning", "checking what was forgotten", "publishing"])
def test_a_killed_cycle_leaves_no_trace(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "killed.hpm"
    school(path, "alpha", "beta", "gamma").close()
    shutil.copy(path, tmp_path / "whole.hpm")
    with open_memory(tmp_path / "whole.hpm") as whole:
        before = tables(whole)
        whole.consolidation.run(120)
        expected = tables(whole)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(path), moment])
    assert killed.returncode == -9
    with open_memory(path) as memory:
        assert not memory.figures.health(check=True).problems
        assert tables(memory) == before
        assert memory.consolidation.cycles() == []
        memory.consolidation.run(120)
        assert tables(memory) == expected


_KILLED = """
import os, signal, sys
from hpm_engine import Job, open_memory
from hpm_engine.store.learned.cycles import CycleRows
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def look(progress):
    if progress.note == sys.argv[2] and progress.done in (0, 20):
        die()
if sys.argv[2] == "publishing":
    CycleRows.add = die  # the prototypes are written by then, the transaction is not over
with open_memory(sys.argv[1]) as memory:
    memory.consolidation.run(120, job=Job(look, interval=0))
"""


def test_progress_counts_the_memories_of_the_whole_cycle_with_the_losses(memory: Memory) -> None:
    memory.consolidation.run(40)
    seen: list[Progress] = []
    report = memory.consolidation.run(80, job=Job(seen.append, interval=0))
    learning = [progress for progress in seen if progress.note == "learning"]
    done = [progress.done for progress in learning]
    assert done == sorted(done) and done[0] == 0 and 70 <= done[-1] < 80
    assert {(progress.total, progress.unit) for progress in learning} == {(80, "memories")}
    assert learning[0].figures == ()
    last = (report.loss[-2], report.held[-2], report.replay_loss[-2])
    assert learning[-1].figures == pytest.approx(last)


def test_undo_puts_back_every_byte(memory: Memory) -> None:
    tier = memory.consolidation
    states = [tables(memory)]
    for _ in range(3):
        tier.run(40)
        states.append(tables(memory))
    for number in (3, 2, 1):
        assert tables(memory) == states[number]
        undone = tier.undo()
        assert undone.id == number
        assert undone == next(report for report in tier.cycles() if report.id == number)
        assert undone.undone_at is not None
        assert tables(memory) == states[number - 1]
    with pytest.raises(NotFound):
        tier.undo()
    assert [cycle.undone_at is None for cycle in tier.cycles()] == [False] * 3
    assert memory.audit.verify().broken_at is None


def test_after_an_undo_a_cycle_does_the_same_again(memory: Memory) -> None:
    memory.consolidation.run(40)
    first = [prototype.mean for prototype in memory.consolidation.prototypes()]
    memory.consolidation.undo()
    assert memory.consolidation.run(40).id == 2
    assert [prototype.mean for prototype in memory.consolidation.prototypes()] == first


def test_only_the_last_cycles_can_be_undone(memory: Memory) -> None:
    for _ in range(12):
        memory.consolidation.run(5)
    for _ in range(10):
        memory.consolidation.undo()
    with pytest.raises(NotFound, match="too long past"):
        memory.consolidation.undo()


def test_a_preview_writes_nothing_and_is_what_accepting_does(memory: Memory) -> None:
    memory.consolidation.run(40)
    before, audit = tables(memory), memory.audit.count()
    preview = memory.consolidation.preview(40)
    assert preview.id is None
    assert (tables(memory), memory.audit.count()) == (before, audit)
    accepted = memory.consolidation.accept()
    assert (accepted.id, accepted.born, accepted.moved) == (2, preview.born, preview.moved)
    assert tables(memory) != before
    with pytest.raises(NotFound):
        memory.consolidation.accept()


def test_a_preview_of_a_state_that_is_past_is_not_accepted(memory: Memory) -> None:
    memory.consolidation.preview(40)
    memory.consolidation.run(40)
    with pytest.raises(CannotWrite):
        memory.consolidation.accept()


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycles whose prototypes come out on the far side of where they were."""

    def turned(long_term: object, *rest: object, **more: object) -> object:
        tidied = tidy(long_term, *rest, **more)  # type: ignore[arg-type]
        return tidied._replace(after=tidied.after._replace(means=-tidied.after.means))

    from hpm_engine.consolidator import conclusion
    from hpm_engine.consolidator.upkeep import tidy

    monkeypatch.setattr(conclusion, "tidy", turned)


def test_a_cycle_that_forgets_more_than_the_bound_is_refused_and_logged(
    memory: Memory, request: pytest.FixtureRequest
) -> None:
    memory.consolidation.run(80)
    request.getfixturevalue("forgetful")
    before = tables(memory)
    report = memory.consolidation.run(40)
    assert report.id is None
    assert "would forget 100.0 points" in report.refused
    assert (report.found_before, report.found) == (1.0, 0.0)
    assert tables(memory) == before
    assert memory.consolidation.cycles()[0] == report
    assert memory.consolidation.cycle_count() == 2
    logged = memory.audit.page()[-1]
    assert (logged.action, json.loads(logged.detail)["reason"]) == (
        "refuse consolidation",
        report.refused,
    )
    assert memory.audit.verify().broken_at is None


def test_the_cycle_after_a_refused_one_draws_other_memories(
    memory: Memory, request: pytest.FixtureRequest
) -> None:
    memory.consolidation.run(80)
    request.getfixturevalue("forgetful")
    refused = memory.consolidation.run(20)
    again = memory.consolidation.preview(20, bound=1.0)
    assert refused.replayed != again.replayed
    assert memory.consolidation.undo().id == 1  # the last that stands


def test_what_would_be_refused_is_previewed_without_a_trace(
    memory: Memory, request: pytest.FixtureRequest
) -> None:
    memory.consolidation.run(80)
    request.getfixturevalue("forgetful")
    audit = memory.audit.count()
    assert memory.consolidation.preview(40).refused
    with pytest.raises(NotFound):
        memory.consolidation.accept()
    assert (memory.audit.count(), memory.consolidation.cycle_count()) == (audit, 1)


def test_two_processes_never_consolidate_one_store_at_once(memory: Memory) -> None:
    script = (
        "import sys; from hpm_engine import open_memory, Job\n"
        "def wait(progress):\n"
        "    print('busy', flush=True); sys.stdin.readline()\n"
        "memory = open_memory(sys.argv[1])\n"
        "print(memory.consolidation.run(40, job=Job(wait, interval=1000)).id)\n"
    )
    command = [sys.executable, "-c", script, str(memory.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        with pytest.raises(StoreBusy, match="another program is consolidating"):
            memory.consolidation.run(40)
        assert process.communicate("\n" * 100)[0].strip() == "1"
    assert memory.consolidation.run(40).id == 2


def test_another_encoder_means_starting_over_which_can_be_undone(memory: Memory) -> None:
    memory.consolidation.run(120)
    write_lessons(memory, "delta", 20, EncoderIdentity("other", "1" * 64, 32))
    before = tables(memory)
    assert memory.consolidation.waiting() == 40  # the other episodes lost their vectors
    memory.consolidation.run(40)
    assert sum(prototype.count for prototype in memory.consolidation.prototypes()) == pytest.approx(
        40
    )
    memory.consolidation.undo()
    assert tables(memory) == before


def test_without_vectors_it_says_what_to_do(tmp_path: Path) -> None:
    with (
        open_memory(tmp_path / "empty.hpm", create=True) as memory,
        pytest.raises(NotFound, match="hpm encode"),
    ):
        memory.consolidation.run()


def test_cycles_are_told_and_logged(memory: Memory) -> None:
    memory.consolidation.run(40, Trigger.IDLE)
    cycle = memory.consolidation.cycles()[0]
    assert (cycle.id, cycle.trigger, cycle.actor) == (1, Trigger.IDLE, "scheduler")
    logged = [row for row in memory.audit.page() if row.action == "consolidate"]
    assert [(row.subject, row.actor) for row in logged] == [("cycle:1", "scheduler")]
    assert "alpha" not in logged[0].detail
