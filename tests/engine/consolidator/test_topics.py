"""Prototypes are told as topics, whose names stay from cycle to cycle."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hpm_engine.errors import BadQuery
from hpm_engine.memory import Memory
from hpm_engine.recall.prototype_labels import LabelWords
from tests.support.lessons import write_lessons

_ASKS = {"alpha": "Discount rounding in the basket", "beta": "Tide tables for the harbour"}


def ask(memory: Memory, project: str, text: str) -> None:
    with memory.internals.database.writing():
        memory.internals.database.execute(
            "UPDATE main.episodes SET task = ? WHERE project = ?", (text, project)
        )


def topics(memory: Memory) -> dict[int, str]:
    return {each.id: each.label.topic for each in memory.consolidation.prototypes()}


def test_it_is_named_by_its_project_and_by_what_users_asked(memory: Memory) -> None:
    for project, text in _ASKS.items():
        ask(memory, project, text)
    memory.consolidation.run(120)
    names = set(topics(memory).values())
    assert "alpha: Discount rounding in the basket" in names
    assert "beta: Tide tables for the harbour" in names
    assert any(name.startswith("gamma: ") for name in names), "told by the words of its steps"
    assert len(names) == len(memory.consolidation.prototypes())


def test_names_stay_over_cycles_whatever_else_comes(memory: Memory) -> None:
    for project, text in _ASKS.items():
        ask(memory, project, text)
    tier = memory.consolidation
    tier.run(60)
    before = topics(memory)
    for number in range(5):
        write_lessons(memory, f"delta{number}", 5)
        ask(memory, f"delta{number}", f"Chapter {'abcde'[number]} of the almanac")
        tier.run(20, bound=1.0)
        now = topics(memory)
        assert {key: now[key] for key in before if key in now} == {
            key: name for key, name in before.items() if key in now
        }
        assert len(set(now.values())) == len(now)


def test_a_name_is_undone_with_its_cycle(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    before = topics(memory)
    write_lessons(memory, "delta", 20)
    tier.run(60)
    assert topics(memory) != before
    tier.undo()
    assert topics(memory) == before


def test_an_older_store_has_names_when_it_is_read_and_keeps_them(memory: Memory) -> None:
    for project, text in _ASKS.items():
        ask(memory, project, text)
    tier = memory.consolidation
    tier.run(90)
    names = topics(memory)
    database = memory.internals.database
    with database.writing():
        for key, words in database.rows("SELECT id, words FROM prototypes"):
            older = msgspec.json.decode(words)
            assert older.pop("topic")
            database.execute(
                "UPDATE prototypes SET words = ? WHERE id = ?",
                (msgspec.json.encode(older).decode(), key),
            )
    assert set(topics(memory).values()) == set(names.values())
    recalled = memory.recall.ask("discount rounding", 3).known
    assert {known.label.topic for known in recalled} <= set(names.values())
    tier.run(30)
    stored = [words for (words,) in database.rows("SELECT words FROM prototypes")]
    assert all(msgspec.json.decode(words, type=LabelWords).topic.title for words in stored)


def test_a_person_cannot_give_the_name_of_another(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    first, second = tier.prototypes()[:2]
    with pytest.raises(BadQuery, match="Another topic goes by that name"):
        tier.rename(first.id, f" {second.told.upper()} ")
    tier.rename(first.id, "the first lesson")
    tier.rename(first.id, "The First Lesson")
    write_lessons(memory, "delta", 20)
    ask(memory, "delta", "The first lesson")
    tier.run(60)
    told = [each.told.casefold() for each in tier.prototypes()]
    assert len(set(told)) == len(told)


def test_one_made_of_several_is_told_as_the_one_that_stays(memory: Memory, tmp_path: Path) -> None:
    tier = memory.consolidation
    tier.run(60)
    ids = [each.id for each in tier.prototypes()[:2]]
    into = tier.merging(ids).into
    name = topics(memory)[into]
    tier.merge(ids)
    assert topics(memory)[into] == name
