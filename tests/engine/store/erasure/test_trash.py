"""Deleted episodes are out of everything at once, and come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.errors import CannotWrite, NotFound
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file.doctor import examine
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import RecallOptions
from tests.support.files.traces import trajectory
from tests.support.learned_store import learned_store


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = learned_store(tmp_path_factory.mktemp("trash"), episodes=6)
    with open_memory(path) as memory:
        memory.recall.prepare()
        memory.consolidation.run(400)
    return path


@pytest.fixture
def store(learned: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "store.hpm"
    copy.write_bytes(learned.read_bytes())
    return copy


def found(memory: Memory, text: str) -> list[int]:
    episodes = memory.episodes.find(EpisodeQuery(text))
    return sorted(episodes.window(0, len(episodes)))


def recalled(memory: Memory, cue: str) -> set[int]:
    recall = memory.recall.ask(cue, options=RecallOptions(record=False))
    return {hit.episode.id for hit in recall.hits}


def test_what_is_deleted_is_in_no_list_search_recall_learning_or_figure(store: Path) -> None:
    with open_memory(store) as memory:
        steps = memory.figures.stats().steps
        assert found(memory, '"number 3"') == [2]
        assert 2 in recalled(memory, "parse the invoice number 3")
        edit = memory.trash.put([2])
        assert found(memory, "") == [1, 3, 4, 5, 6]
        assert found(memory, '"number 3"') == []
        assert found(memory, "/number.3/") == []
        assert memory.episodes.get([2]) == []
        with pytest.raises(NotFound):
            memory.episodes.detail(2)
        assert 2 not in recalled(memory, "parse the invoice number 3")
        assert memory.figures.stats().episodes == 5
        assert memory.figures.stats().steps < steps
        assert sum(count for _, count in memory.episodes.facets().agents) == 5
        memory.encode()
        memory.recall.prepare()
        memory.consolidation.run(400)
        assert 2 not in recalled(memory, "parse the invoice number 3")
        assert memory.consolidation.map.read().prototypes
        assert all(member.episode_id != 2 for member in memory.consolidation.members(1048576))
        [trashed] = memory.trash.listed()
        assert (trashed.id, trashed.keep_until - trashed.deleted_at) == (2, 30 * 86_400 * 10**6)
        assert [row.action for row in memory.audit.page()].count("delete") == 1
    assert edit.title == "Delete 1 episode"
    with open_memory(store, read_only=True) as reader:  # every connection hides it
        assert found(reader, "") == [1, 3, 4, 5, 6]
        assert not examine(reader.internals.database, check=True, job=Job()).problems


def test_undo_and_restore_bring_it_back_as_it_was(store: Path) -> None:
    with open_memory(store) as memory:
        memory.marks.add_tag([2], "kept")
        before = memory.episodes.get([2])
        words = memory.internals.database.rows("SELECT count(*) FROM step_fts_docsize")
        redo = memory.marks.undo(memory.trash.put([2]))
        assert memory.internals.database.rows("SELECT count(*) FROM step_fts_docsize") == words
        assert found(memory, '"number 3"') == [2]
        memory.encode()
        memory.recall.prepare()
        assert 2 in recalled(memory, "parse the invoice number 3")
        memory.marks.undo(redo)
        assert found(memory, "tag:kept") == []
        memory.trash.restore([2])
        memory.recall.prepare()
        assert memory.episodes.get([2]) == before
        assert memory.trash.listed() == []


def test_a_pin_keeps_an_episode_from_being_deleted_and_all_others_with_it(store: Path) -> None:
    with open_memory(store) as memory:
        memory.marks.set_pinned([4], True)
        with pytest.raises(CannotWrite, match=r"1 episode of 2 is pinned: 4 \(.*unpin first"):
            memory.trash.put([1, 4])
        assert found(memory, "") == [1, 2, 3, 4, 5, 6]


def test_importing_its_file_again_or_grown_leaves_it_in_the_trash(
    tmp_path: Path, store: Path
) -> None:
    file = tmp_path / "demo__repo0-3.traj"
    file.write_text(trajectory("parse the invoice number 3", 10).replace("repo", "repo0"), "utf-8")
    with open_memory(store) as memory:
        memory.trash.put([2])
        for text in (file.read_text("utf-8"), trajectory("parse the invoice number 3", 12)):
            file.write_text(text, "utf-8")
            report = memory.import_paths([file])
            assert (report.episodes_added, report.episodes_extended, report.in_trash) == (0, 0, 1)
            assert found(memory, "") == [1, 3, 4, 5, 6]
        memory.trash.restore([2])
        assert found(memory, "") == [1, 2, 3, 4, 5, 6]


def test_a_prompt_that_others_repeat_is_found_in_the_next_that_has_it(store: Path) -> None:
    with open_memory(store) as memory:
        where = found(memory, '"You are an agent"')
        assert len(where) == 1
        memory.trash.put(where)
        moved = found(memory, '"You are an agent"')
        assert len(moved) == 1
        assert moved != where
        memory.trash.restore(where)
        assert found(memory, '"You are an agent"') == moved
