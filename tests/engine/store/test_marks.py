from __future__ import annotations

import json

import pytest

from hpm_engine import errors
from hpm_engine.memory import Memory
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import AuditFilter, Changed
from tests.support.written_episodes import step, write


@pytest.fixture
def three(memory: Memory) -> Memory:
    for key in "abc":
        write(memory, [step(1)], key=key)
    return memory


def pinned(memory: Memory) -> list[int]:
    results = memory.episodes.find(EpisodeQuery(pinned=True))
    return sorted(results.window(0, len(results)))


def test_pins_are_set_undone_and_redone(three: Memory) -> None:
    three.marks.set_pinned([2], True)
    edit = three.marks.set_pinned([1, 2, 3], True)
    assert edit.changed & Changed.MARKS and pinned(three) == [1, 2, 3]
    redo = three.marks.undo(edit)
    assert pinned(three) == [2]
    three.marks.undo(redo)
    assert pinned(three) == [1, 2, 3]


def test_undoing_a_tag_leaves_tags_that_came_later(three: Memory) -> None:
    edit = three.marks.add_tag([1, 2], "  needs   review ")
    three.marks.add_tag([1], "later")
    assert three.episodes.get([1])[0].tags == ("later", "needs review")
    three.marks.undo(edit)
    assert three.episodes.get([1, 2])[0].tags == ("later",)
    assert three.episodes.get([2])[0].tags == ()
    assert len(three.episodes.find(EpisodeQuery(tag="later"))) == 1


def test_a_removed_tag_comes_back_on_undo(three: Memory) -> None:
    three.marks.add_tag([1, 3], "keep")
    edit = three.marks.remove_tag([1, 2, 3], "keep")
    assert [key for key, _ in edit.before] == [1, 3]
    three.marks.undo(edit)
    assert [e.tags for e in three.episodes.get([1, 2, 3])] == [("keep",), (), ("keep",)]


def test_marks_that_change_nothing_leave_no_row(three: Memory) -> None:
    rows = three.audit.count()
    assert three.marks.set_pinned([1], False).changed is Changed.NOTHING
    assert three.marks.set_pinned([99], True).before == ()
    assert three.audit.count() == rows


@pytest.mark.parametrize("tag", ["", "   ", "x" * 61])
def test_an_impossible_tag_is_refused(three: Memory, tag: str) -> None:
    with pytest.raises(errors.BadQuery):
        three.marks.add_tag([1], tag)


def test_each_mark_has_its_audit_row_with_both_digests(three: Memory) -> None:
    edit = three.marks.add_tag([1, 2], "x")
    three.marks.undo(edit)
    rows = three.audit.page(AuditFilter(episode_id=2))
    assert [row.action for row in rows] == ["tag", "undo"]
    assert len({digest for row in rows for digest in (row.before, row.after)}) == 4  # salted
    assert [json.loads(row.detail)["after"] for row in rows] == [["x"], []]
