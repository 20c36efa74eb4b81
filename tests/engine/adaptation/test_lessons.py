from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import VISIBILITY
from hpm_engine.adaptation import encoder_lessons as encoder_side
from hpm_engine.adaptation import mask_lessons as mask_side
from hpm_engine.adaptation.encoder_lessons import encoder_lessons
from hpm_engine.adaptation.mask_lessons import MaskLessons
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.learned.lesson_rows import lesson_rows
from tests.support.sessions_to_learn import acted, add, asked, with_habits, with_needs


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "lessons.hpm", create=True) as memory:
        yield memory


def ids(memory: Memory, longest: int = 100, largest: int = 10_000) -> list[int]:
    return [
        row.episode_id
        for row in lesson_rows(memory.internals.database, longest=longest, largest=largest)
    ]


def test_what_teaches_nothing_or_must_not_is_left_out(memory: Memory) -> None:
    with_habits(memory, 8, projects=2)
    add(memory, "a question", [asked("What is it?"), acted("ls")], "project 0", 9)
    assert ids(memory) == [1, 3, 5, 7, 2, 4, 6, 8]
    memory.internals.database.execute(
        "UPDATE main.episodes SET parent_key = 'session 0' WHERE id = 3"
    )
    assert ids(memory) == [1, 5, 7, 2, 4, 6, 8]
    assert ids(memory, longest=3) == ids(memory, largest=20) == []


def test_what_is_private_is_not_learned_from(memory: Memory) -> None:
    with_habits(memory, 8, projects=2)
    memory.settings.set(VISIBILITY, 'project:"project 1" private')
    assert ids(memory) == [1, 3, 5, 7]


def test_what_was_evicted_is_not_learned_from(memory: Memory) -> None:
    with_needs(memory, 3, projects=1)
    memory.compression.compress([2])
    memory.internals.database.execute("UPDATE compressed SET evicted_at = 1 WHERE episode_id = 2")
    assert ids(memory, largest=100_000) == [1, 3]


def test_a_lesson_for_the_encoder_is_what_was_asked_done_and_changed(memory: Memory) -> None:
    with_habits(memory, 4, projects=2)
    encoder = StaticEncoder()
    lessons = encoder_lessons(memory.internals.database, memory.internals.steps, encoder, Job())
    assert [lesson.repository for lesson in lessons] == [
        "project 0",
        "project 0",
        "project 1",
        "project 1",
    ]
    steps = memory.steps.read(lessons[0].episode)
    task = steps[0].parts[0].text
    assert (lessons[0].issue == encoder.encode([task])[0]).all()
    assert len(lessons[0].steps.plain) == 3
    [changed] = lessons[0].files
    assert changed.startswith("src/") and changed in steps[3].parts[0].text


def test_a_large_store_is_sampled_within_its_room(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_habits(memory, 30)
    monkeypatch.setattr(encoder_side, "_ROOM", 24)
    lessons = encoder_lessons(
        memory.internals.database, memory.internals.steps, StaticEncoder(), Job()
    )
    assert sum(len(lesson.steps.plain) for lesson in lessons) == 24
    again = encoder_lessons(
        memory.internals.database, memory.internals.steps, StaticEncoder(), Job()
    )
    assert [lesson.episode for lesson in lessons] == [lesson.episode for lesson in again]
    assert [lesson.episode for lesson in lessons] != list(range(1, 9)), "drawn by chance"


def test_the_mask_learns_from_the_latest_sessions_within_its_room(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_needs(memory, 12, projects=1)
    size = max(episode.text_size for episode in memory.episodes.get([11, 12]))
    monkeypatch.setattr(mask_side, "_TEXT", 5 * size)
    lessons = MaskLessons(memory.internals.database, memory.internals.steps, Job())
    learned = lessons.learned()
    assert sorted(row.episode_id for row in lessons._rows) == [8, 9, 10, 11, 12]
    assert len(learned) + len(lessons.parts.held) == 5
    assert all(len(fact.own) == 12 for fact in learned)
    facts = list(lessons.asked())
    assert len(facts) == len(lessons.held())
    for fact in facts:
        assert len(fact.own) == 12
        assert not any(
            "diff --git" in line for p in fact.evidence.trajectory.pieces for line in p.lines
        )
