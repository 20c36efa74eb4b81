"""Notes found by the query language, counted as they are listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import BadQuery, EpisodeQuery, Memory, MemoryNoteQuery, open_memory
from hpm_engine.facade import memory_notes
from hpm_engine.store.memory_notes.writer import MemoryNoteWriter
from hpm_engine.values.memory_notes import MemoryNoteDraft
from tests.support.written_episodes import step, write

_DAY = 86_400 * 1_000_000
_2026 = 1_767_225_600_000_000
_NOTES = {
    "all": ("", "", None, "Fire the kiln slowly, tests first."),
    "shop": ("/home/ida/work/shop", "Claude Code", 0, "The kiln of the shop is cold."),
    "web": ("/home/ida/work/shop/packages/web", "Claude Code", 1, "Fired at dawn."),
    "other": ("/srv/client/shop", "Codex", 2, "Ask before firing the kiln."),
    "memory": ("-home-ida-work-tide-tables", "Claude Code", 3, "Tables before the kiln."),
    "named": ("reef", "", 4, "A kiln on the reef."),
}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        for key, cwd in (("a", "/home/ida/work/shop"), ("b", "/home/ida/work/tide-tables")):
            write(memory, [step(0)], key, cwd=cwd, project=cwd.rpartition("/")[2])
        writer = MemoryNoteWriter(memory.internals.database, memory.internals.log)
        with memory.internals.database.writing():
            for name, (scope, agent, day, text) in _NOTES.items():
                changed = None if day is None else _2026 + day * _DAY
                draft = MemoryNoteDraft(
                    "okf", name, text, agent, name=name, scope=scope, changed_at=changed
                )
                writer.write(draft, f"/{name}.md")
        yield memory


def names(memory: Memory, text: str) -> set[str]:
    return {note.name for note in memory.memory_notes.find(MemoryNoteQuery(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set(_NOTES)),
        ("kiln", {"all", "shop", "other", "memory", "named"}),
        ("fire", {"all", "web", "other"}),  # words are found in their other forms too
        ('"the kiln"', {"all", "shop", "other", "memory"}),
        ('"kiln slowly"', {"all"}),
        ("ki", {"all", "shop", "other", "memory", "named"}),
        ('"ki"', set()),
        ("kiln -cold", {"all", "other", "memory", "named"}),
        ("cold or dawn", {"shop", "web"}),
        ("project:shop", {"shop", "web", "other"}),
        ("project:work/shop", {"shop", "web"}),
        ("project:client/shop", {"other"}),
        ("project:tide-tables", {"memory"}),
        ("project:reef", {"named"}),
        ("-project:shop", {"all", "memory", "named"}),
        ("project:t*", {"memory"}),
        ("agent:claude-code", {"shop", "web", "memory"}),
        ('agent:"claude code"', {"shop", "web", "memory"}),
        ("agent:c*", {"shop", "web", "memory", "other"}),
        ("kiln agent:codex", {"other"}),
        ("after:2026-01-03T00:00Z", {"other", "memory", "named"}),
        ("before:2026-01-03T00:00Z", {"shop", "web"}),
        ("-after:2026-01-03T00:00Z", {"shop", "web", "all"}),
        ("title:he", {"other"}),
        ('"', None),
        ("!!!", set()),
    ],
)
def test_notes_are_found_by_words_and_by_what_notes_have(
    memory: Memory, text: str, expected: set[str] | None
) -> None:
    if expected is None:
        with pytest.raises(BadQuery):
            names(memory, text)
    else:
        assert names(memory, text) == expected


@pytest.mark.parametrize(
    "text", ["kiln", "kiln project:shop", "cold or dawn", "kil*", "fire -kiln"]
)
def test_what_is_counted_is_what_its_search_lists(memory: Memory, text: str) -> None:
    count = memory.memory_notes.count_for(EpisodeQuery(text))
    assert count is not None
    assert count.notes == len(names(memory, count.search)) > 0
    assert not count.at_least


def test_filters_of_a_query_narrow_the_notes_as_well(memory: Memory) -> None:
    count = memory.memory_notes.count_for(EpisodeQuery("kiln", project="shop"))
    assert count is not None
    assert count.sentence == "2 notes hold this word"
    assert names(memory, count.search) == {"shop", "other"}
    assert memory.memory_notes.count_for(EpisodeQuery("kiln", tag="x")) is None
    assert memory.memory_notes.count_for(EpisodeQuery("kiln", top_level=True)) is None
    assert memory.memory_notes.count_for(EpisodeQuery(project="shop")) is None


def test_more_than_are_counted_are_said_to_be_at_least_so_many(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_notes, "_MOST_COUNTED", 2)
    for text, sentence in (
        ("kiln", "at least 2 notes hold this word"),
        ("kiln project:shop", "2 notes hold this word"),
        ("kiln cold", "1 note holds these words"),
        ("cold or dawn", "2 notes match this search"),
        ("col*", "1 note matches this search"),
        ("absent", ""),
    ):
        count = memory.memory_notes.count_for(EpisodeQuery(text))
        assert count is not None
        assert count.sentence == sentence
