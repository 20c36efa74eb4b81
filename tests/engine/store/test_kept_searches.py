from __future__ import annotations

import pytest

from hpm_engine import errors
from hpm_engine.memory import Memory
from hpm_engine.values.reports import Changed


def names(memory: Memory) -> list[str]:
    return [search.name for search in memory.searches.all()]


def test_searches_are_kept_by_name_and_every_change_is_logged(memory: Memory) -> None:
    assert memory.searches.save(" flaky  tests ", "flaky -slow") & Changed.SEARCHES
    memory.searches.save("Errors", "traceback")
    assert names(memory) == ["Errors", "flaky tests"]
    assert memory.searches.get("flaky tests").text == "flaky -slow"
    memory.searches.save("Errors", "traceback panic")
    memory.searches.rename("Errors", "crashes")
    memory.searches.delete("flaky tests")
    assert names(memory) == ["crashes"]
    assert [row.action for row in memory.audit.page()] == [
        "create",
        "save-search",
        "save-search",
        "save-search",
        "rename-search",
        "delete-search",
    ]
    _, first, _, third, renamed, deleted = memory.audit.page()
    assert first.before == "" and third.before != third.after
    assert renamed.before == renamed.after != third.after  # each row has a salt of its own
    assert deleted.after == "" and deleted.before != first.after
    assert "crashes" not in renamed.stored and '"name":"crashes"' in renamed.detail
    assert memory.audit.verify().broken_at is None


def test_saving_the_same_again_changes_nothing(memory: Memory) -> None:
    memory.searches.save("a", "word")
    assert memory.searches.save("a", " word ") is Changed.NOTHING
    assert memory.searches.rename("a", "a") is Changed.NOTHING
    assert memory.audit.count() == 2


@pytest.mark.parametrize(
    ("name", "text"), [("", "word"), ("x" * 81, "word"), ("a", '"open'), ("a", "  ")]
)
def test_what_cannot_be_run_or_named_is_not_saved(memory: Memory, name: str, text: str) -> None:
    with pytest.raises(errors.BadQuery):
        memory.searches.save(name, text)
    assert names(memory) == [] and memory.audit.count() == 1


def test_a_name_that_is_missing_or_taken_is_said(memory: Memory) -> None:
    memory.searches.save("a", "word")
    memory.searches.save("b", "word")
    with pytest.raises(errors.NotFound, match="“a”, “b”"):
        memory.searches.delete("c")
    with pytest.raises(errors.NotFound):
        memory.searches.rename("c", "d")
    with pytest.raises(errors.BadQuery, match="already"):
        memory.searches.rename("a", "b")
    assert names(memory) == ["a", "b"]
