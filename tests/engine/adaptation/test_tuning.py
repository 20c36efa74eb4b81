"""What fine-tuning learns, and what it must not: in this process, without a store's bookkeeping."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from hpm_engine.adaptation import encoder_tuning
from hpm_engine.adaptation.encoder_lessons import encoder_lessons
from hpm_engine.adaptation.encoder_tuning import tuned_encoder
from hpm_engine.adaptation.mask_tuning import tuned_mask
from hpm_engine.adaptation.split import split
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.traced_task import TracedTask
from hpm_engine.errors import Cancelled, NotFound
from hpm_engine.job import Job, Progress
from hpm_engine.memory import open_memory
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from tests.support.sessions_to_learn import with_habits, with_needs


def test_whole_projects_are_held_out_where_there_are_several() -> None:
    projects = [
        name for name, size in zip("abcde", (30, 9, 8, 7, 6), strict=True) for _ in range(size)
    ]
    parts = split(projects)
    assert parts.of == "project"
    held = {projects[index] for index in parts.held}
    assert held.isdisjoint(projects[index] for index in parts.learn)
    assert 0.3 <= len(parts.held) / len(projects) <= 0.5
    assert sorted(parts.learn + parts.held) == list(range(len(projects)))
    assert split(projects) == parts


def test_single_episodes_are_held_out_where_there_are_few_projects() -> None:
    for projects in (["a"] * 40, ["a"] * 30 + ["b"] * 10, ["a"] * 90 + ["b"] * 5 + ["c"] * 5):
        parts = split(projects)
        assert parts.of == "episode"
        assert len(parts.held) == round(0.3 * len(projects))
        assert Counter(projects[index] for index in parts.learn)["a"] > 10
    assert split([]).held == []


def test_the_encoder_learns_what_tasks_and_deeds_have_in_common(tmp_path: Path) -> None:
    with open_memory(tmp_path / "habits.hpm", create=True) as memory:
        with_habits(memory, 80)
        memory.encode()
        tuned = tuned_encoder(memory.internals.database, memory.internals.steps, Job())
    assert tuned.verdict is not None
    assert tuned.verdict.split == "project"
    assert tuned.verdict.better
    assert tuned.verdict.after > tuned.verdict.before + 0.3


def test_shuffled_tasks_teach_the_encoder_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same sessions, each with another one's task."""

    def shuffled(
        database: Database, steps: StepRows, encoder: StaticEncoder, job: Job
    ) -> list[TracedTask]:
        lessons = encoder_lessons(database, steps, encoder, job)
        order = np.random.default_rng(5).permutation(len(lessons))
        return [
            lesson._replace(issue=lessons[number].issue)
            for lesson, number in zip(lessons, order, strict=True)
        ]

    monkeypatch.setattr(encoder_tuning, "encoder_lessons", shuffled)
    with open_memory(tmp_path / "habits.hpm", create=True) as memory:
        with_habits(memory, 80)
        memory.encode()
        tuned = tuned_encoder(memory.internals.database, memory.internals.steps, Job())
    assert tuned.verdict is not None
    assert not tuned.verdict.better


def test_the_mask_learns_what_this_store_needs(tmp_path: Path) -> None:
    with open_memory(tmp_path / "needs.hpm", create=True) as memory:
        with_needs(memory, 60)
        tuned = tuned_mask(memory.internals.database, memory.internals.steps, Job())
    assert tuned.verdict is not None
    assert tuned.verdict.better
    assert tuned.verdict.after > tuned.verdict.before + 0.1


def test_needs_by_chance_teach_the_mask_nothing(tmp_path: Path) -> None:
    with open_memory(tmp_path / "chance.hpm", create=True) as memory:
        with_needs(memory, 60, by_chance=True)
        tuned = tuned_mask(memory.internals.database, memory.internals.steps, Job())
    assert tuned.verdict is not None
    assert not tuned.verdict.better


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    with open_memory(tmp_path / "few.hpm", create=True) as memory:
        with pytest.raises(NotFound, match="hpm encode"):
            tuned_encoder(memory.internals.database, memory.internals.steps, Job())
        with_habits(memory, 12)
        memory.encode()
        for tuned in (
            tuned_encoder(memory.internals.database, memory.internals.steps, Job()),
            tuned_mask(memory.internals.database, memory.internals.steps, Job()),
        ):
            assert tuned.verdict is None
            assert not tuned.data
            assert "too little to learn from" in tuned.reason


def test_both_stop_when_asked_at_any_stage(tmp_path: Path) -> None:
    with open_memory(tmp_path / "both.hpm", create=True) as memory:
        with_habits(memory, 80)
        memory.encode()
        notes: dict[str, None] = {}
        tuned_encoder(
            memory.internals.database,
            memory.internals.steps,
            Job(lambda progress: notes.update({progress.note: None}), 0),
        )
        assert list(notes) == ["reading lessons", "training"]
        for note in notes:
            with pytest.raises(Cancelled):
                tuned_encoder(memory.internals.database, memory.internals.steps, _stopping_at(note))
    with open_memory(tmp_path / "mask.hpm", create=True) as memory:
        with_needs(memory, 60)
        for note in ("training network 1", "asking held-out episodes"):
            with pytest.raises(Cancelled):
                tuned_mask(memory.internals.database, memory.internals.steps, _stopping_at(note))


def _stopping_at(note: str) -> Job:
    def look(progress: Progress) -> None:
        if progress.note == note:
            job.cancel()

    job = Job(look, 0)
    return job
