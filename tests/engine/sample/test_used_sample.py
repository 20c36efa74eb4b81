"""The sample as a person opens it: everything is computed, and every view has something to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import (
    AuditFilter,
    Cancelled,
    EpisodeQuery,
    Job,
    Memory,
    Progress,
    build_sample,
    open_memory,
)
from hpm_engine.sample.build import truth_path
from hpm_engine.sample.planted_areas import planted_areas


@pytest.fixture(scope="module")
def notes() -> list[str]:
    """What the build said of its progress."""
    return []


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> Iterator[Memory]:
    path = tmp_path_factory.mktemp("sample") / "sample.hpm"
    build_sample(path, Job(lambda progress: notes.append(progress.note), interval=0))
    with open_memory(path, read_only=True) as memory:
        yield memory


def test_all_is_found_by_words_and_by_meaning(memory: Memory) -> None:
    assert memory.recall.unprepared() == 0
    assert memory.recall.ask("how does tidewater round amounts of money?").hits
    assert len(memory.episodes.find(EpisodeQuery(text='near:"currency of an invoice"')))


def test_older_sessions_are_compressed_and_some_are_learned(memory: Memory) -> None:
    compressed = len(memory.episodes.find(EpisodeQuery(text="kept:compressed")))
    assert 50 < compressed < len(memory.episodes.find(EpisodeQuery())) / 2
    assert len(memory.episodes.find(EpisodeQuery(text="learned:yes")))


def test_five_cycles_stand_one_was_undone_and_some_memories_wait(memory: Memory) -> None:
    cycles = memory.consolidation.cycles()
    assert Counter(cycle.undone_at is None for cycle in cycles) == {True: 5, False: 1}
    assert memory.consolidation.waiting() > 100


def test_its_topics_have_names_of_their_own_and_their_project(memory: Memory) -> None:
    prototypes = memory.consolidation.prototypes()
    names = [prototype.told for prototype in prototypes]
    assert len(names) == len(set(names)) >= 12
    for prototype, name in zip(prototypes, names, strict=True):
        ids = {member.episode_id for member in memory.consolidation.members(prototype.id)}
        counts = Counter(episode.project for episode in memory.episodes.get(list(ids)))
        assert name.startswith(f"{counts.most_common(1)[0][0]}: ")
    assert sum(prototype.pinned for prototype in prototypes) == 1


def test_agents_asked_a_person_wrote_notes_and_kept_searches(memory: Memory) -> None:
    asked = Counter(recall.actor for recall in memory.recall.past(limit=100))
    assert set(asked) == {"claude-code", "codex"} and sum(asked.values()) > 20
    assert len(memory.episodes.find(EpisodeQuery(text="has:note"))) == 4
    for search in memory.searches.all():
        assert len(memory.episodes.find(EpisodeQuery(text=search.text))), search.name


def test_the_log_has_rows_of_many_kinds(memory: Memory) -> None:
    actions = {row.action for row in memory.audit.page(AuditFilter(), 0, 1_000)}
    assert actions >= {
        *("import", "pin", "tag", "undo", "note", "save-search", "rename-search", "export"),
        *("encode", "compress", "consolidate", "undo consolidation", "rename", "recall"),
    }


def test_it_says_in_words_how_far_it_is(memory: Memory, notes: list[str]) -> None:
    assert "learning from many sessions" in notes
    assert "codex asks the memory" in notes


def test_every_area_that_was_planted_has_words(memory: Memory) -> None:
    areas = planted_areas(truth_path(memory.path).read_bytes())
    assert len({area for area, _ in areas.values()}) > 20
    assert all(words for _, words in areas.values())
    assert areas


def test_stopped_while_it_learns_it_leaves_nothing(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.note == "learning from many sessions":
            job.cancel()

    job = Job(stop, interval=0)
    with pytest.raises(Cancelled):
        build_sample(tmp_path / "sample.hpm", job)
    assert not list(tmp_path.iterdir())
