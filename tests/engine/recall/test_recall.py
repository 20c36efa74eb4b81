from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import (
    ActSpan,
    AuditFilter,
    BadQuery,
    Cancelled,
    Job,
    Memory,
    Outcome,
    Reader,
    RecallFilter,
    RecallOptions,
    RecallScope,
    Weight,
    open_memory,
)
from hpm_engine.audit.canonical import salted
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from tests.support.shop import CUE, acted, add, asked, diff, shop, submitted


def test_the_episode_that_answers_comes_first_with_its_reasons(memory: Memory) -> None:
    ids = shop(memory)
    recall = memory.recall.ask(CUE, k=3)
    best = recall.hits[0]
    assert best.episode.id == ids["basket"]
    assert {"discount", "currency"} <= set(best.terms)
    assert best.score == pytest.approx(sum(part.weight * part.value for part in best.parts))
    assert sum(part.share for part in best.parts) == pytest.approx(1)
    assert best.steps[0].episode_id == best.episode.id
    assert "discount" in best.steps[0].excerpt
    assert recall.candidates == 5
    assert {stage.name for stage in recall.stages} >= {"words", "ranking", "context"}
    assert all(stage.ms >= 0 for stage in recall.stages)


def test_a_file_that_the_cue_names_leads_to_who_changed_it(memory: Memory) -> None:
    ids = shop(memory)
    for cue in ("crash somewhere in shop/search.py", "crash somewhere in shop.search"):
        best = memory.recall.ask(cue).hits[0]
        assert best.episode.id == ids["search"]
        assert next(part for part in best.parts if part.name == "named files").share > 0


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        (RecallScope(project="books"), {"report", "invoice"}),
        (RecallScope(agent="claude-code"), {"search"}),
        (RecallScope(outcome=Outcome.FAILURE), {"login"}),
        (RecallScope(until=1_650_000_000_000_000), {"report"}),
        (RecallScope(since=1_650_000_000_000_000), {"basket", "login", "search", "invoice"}),
        (RecallScope(tag="shared"), {"basket", "report"}),
        (RecallScope(without_tag="shared"), {"login", "search", "invoice"}),
    ],
)
def test_only_what_the_scope_allows_is_searched(
    memory: Memory, scope: RecallScope, keys: set[str]
) -> None:
    ids = shop(memory)
    memory.marks.add_tag([ids["basket"], ids["report"]], "shared")
    cue = "discount cookie filter report CSV date session search"
    recall = memory.recall.ask(cue, scope=scope, options=RecallOptions(steps_of_all=50))
    assert recall.candidates == len(keys)
    assert {hit.episode.id for hit in recall.hits} <= {ids[key] for key in keys}
    assert {step.episode_id for step in recall.steps} == {ids[key] for key in keys}


def test_without_an_episode_the_rest_is_as_if_it_were_absent(memory: Memory) -> None:
    ids = shop(memory)
    recall = memory.recall.ask(CUE, without=[ids["basket"]])
    assert ids["basket"] not in {hit.episode.id for hit in recall.hits}
    assert recall.id is None
    assert memory.recall.past_count() == 0
    among = tuple(set(ids.values()) - {ids["basket"]})
    same = memory.recall.ask(
        CUE, scope=RecallScope(among=among), options=RecallOptions(record=False)
    )
    assert [(hit.episode.id, hit.score) for hit in same.hits] == [
        (hit.episode.id, hit.score) for hit in recall.hits
    ]


def test_every_recall_is_recorded_with_its_audit_row(memory: Memory) -> None:
    ids = shop(memory)
    rows = memory.audit.count()
    shown = memory.recall.ask(CUE, k=2)
    given = memory.recall.ask(CUE, k=2, options=RecallOptions(into="session 7"))
    newest, oldest = memory.recall.past()
    assert (newest.id, oldest.id) == (given.id, shown.id)
    assert newest.into == "session 7"
    assert newest.cue == CUE
    assert newest.hits[0].episode_id == ids["basket"]
    assert newest.hits[0].injected
    assert not oldest.hits[0].injected
    assert dict(newest.hits[0].shares)["words"] > 0
    assert memory.audit.count() == rows + 2
    row = memory.audit.page()[-1]
    assert (row.action, row.subject) == ("recall", f"recall:{newest.id}")
    assert row.after == salted(bytes.fromhex(row.salt), newest.context_sha256)
    assert CUE in row.detail and CUE not in row.stored
    assert "agent" not in json.loads(row.detail)
    assert json.loads(row.detail)["injected"] == sorted(given.context.episode_ids)
    assert memory.audit.verify().broken_at is None
    [episode] = memory.episodes.get([ids["basket"]])
    assert episode.last_recalled_at == newest.at


def test_a_read_only_store_recalls_and_says_that_nothing_was_recorded(memory: Memory) -> None:
    ids = shop(memory)
    with open_memory(memory.path, read_only=True) as reader:
        recall = reader.recall.ask(CUE)
        assert recall.hits[0].episode.id == ids["basket"]
        assert recall.id is None
        assert "reading only" in recall.notes[-1]
    assert memory.recall.past_count() == 0


def test_only_what_is_missing_is_indexed_and_what_changed_is_indexed_again(
    memory: Memory,
) -> None:
    ids = shop(memory)
    assert memory.recall.unprepared() == 0
    assert memory.recall.prepare().episodes == 0
    steps = (asked("The basket loses its discount."), acted("Nothing of zanzibar yet."))
    key = add(memory, "grows", *steps)
    assert memory.recall.unprepared() == 1
    assert "not prepared for recall" in memory.recall.ask("zanzibar").notes[0]
    assert memory.recall.prepare().episodes == 1
    assert memory.recall.ask("zanzibar").hits[0].episode.id == key
    add(memory, "grows", steps[0], acted("Nothing at all."), acted("Done."))
    assert memory.recall.ask("zanzibar").hits == ()
    memory.recall.prepare()
    assert memory.recall.ask("zanzibar").hits == ()
    assert memory.recall.ask(CUE).hits[0].episode.id == ids["basket"]


def test_a_cancelled_preparation_keeps_its_batches_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.recall.preparing._BATCH", 2)

    class Stops(Job):
        def step(self, done: int, total: int | None = None, note: str = "", unit: str = "") -> None:
            if done == 3:
                raise Cancelled

    with open_memory(tmp_path / "other.hpm", create=True) as memory:
        for number in range(5):
            add(memory, str(number), asked(f"word{number} here"), acted("x"))
        with pytest.raises(Cancelled):
            memory.recall.prepare(Stops())
        assert memory.recall.unprepared() == 3
        assert memory.recall.prepare().episodes == 3
        for number in range(5):
            [hit] = memory.recall.ask(f"word{number}").hits
            assert hit.episode.task == f"word{number} here"


def test_weights_decide_which_parts_there_are(memory: Memory) -> None:
    shop(memory)
    options = RecallOptions(weights=(Weight("patch", 1.0),))
    recall = memory.recall.ask("renew the cookie", options=options)
    assert {part.name for hit in recall.hits for part in hit.parts} == {"patch"}


@pytest.mark.parametrize("cue", ["", "  \n"])
def test_an_empty_cue_says_so(memory: Memory, cue: str) -> None:
    with pytest.raises(BadQuery, match="nothing to recall"):
        memory.recall.ask(cue)


@pytest.mark.parametrize(
    "cue", ['"', "AND OR NOT", "a\0b", "*", "👩‍💻", "x" * 100_000, "^", "NEAR("]
)
def test_no_cue_is_taken_as_syntax(memory: Memory, cue: str) -> None:
    shop(memory)
    assert memory.recall.ask(cue).candidates == 5


def test_tests_do_not_count_as_what_an_episode_changed(memory: Memory) -> None:
    patch = diff("shop/zone.py", "fix()") + diff("tests/test_zone.py", "assert quagga")
    key = add(memory, "zone", asked("Fix it."), submitted(patch))
    add(memory, "other", asked("Something else."), acted("no"))
    memory.recall.prepare()
    weights = (Weight("patch", 1.0), Weight("changed paths", 1.0))
    options = RecallOptions(weights=weights, record=False)
    assert memory.recall.ask("quagga", options=options).hits == ()
    assert memory.recall.ask("zone", options=options).hits[0].episode.id == key


def test_recorded_recalls_are_found_by_what_they_gave_and_by_their_id(memory: Memory) -> None:
    ids = shop(memory)
    first = memory.recall.ask(CUE, k=1)
    second = memory.recall.ask("crash in shop/search.py", k=1)
    of_search = RecallFilter(episode_id=ids["search"])
    assert [recall.id for recall in memory.recall.past(of=of_search)] == [second.id]
    assert memory.recall.past_count(of_search) == 1
    assert [recall.cue for recall in memory.recall.past(of=RecallFilter(recall_id=first.id))] == [
        CUE
    ]
    both = RecallFilter(episode_id=ids["search"], recall_id=first.id)
    assert memory.recall.past(of=both) == []
    assert memory.recall.past_count() == 2


def test_short_work_is_let_pass_while_a_store_is_indexed(memory: Memory) -> None:
    add(memory, "basket", asked("The basket loses its discount."))
    passed: list[int] = []
    memory.recall.prepare(Job(give_way=lambda: passed.append(memory.recall.past_count())))
    assert passed


def test_a_large_store_is_searched_by_what_the_parts_put_forward(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shop(memory)
    whole = memory.recall.ask(CUE, options=RecallOptions(record=False))
    monkeypatch.setattr("hpm_engine.recall.recaller.MOST_POOLED", 3)
    recall = memory.recall.ask(CUE, k=3, options=RecallOptions(record=False))
    assert recall.candidates == 5
    assert recall.hits[0].episode.id == whole.hits[0].episode.id == ids["basket"]
    without = memory.recall.ask(CUE, k=3, without=[ids["basket"]])
    assert ids["basket"] not in {hit.episode.id for hit in without.hits}


def test_the_number_of_rows_is_read_and_not_counted(memory: Memory) -> None:
    index = RecallIndex(memory.internals.database)
    assert index.count(RecallField.WORDS) == 0
    for number in range(150):
        add(memory, str(number), asked(f"word{number} here"), acted("x"))
    memory.recall.prepare()
    assert index.count(RecallField.WORDS) == 150
    assert index.count(RecallField.STEPS) == 300
    add(memory, "3", asked("other"), acted("x"), acted("y"))
    assert memory.recall.unprepared() == 1


def test_an_index_made_anew_ranks_as_one_made_at_once(memory: Memory) -> None:
    shop(memory)
    first = [(hit.episode.id, hit.score) for hit in memory.recall.ask(CUE).hits]
    for _ in range(3):
        with memory.internals.database.writing():
            memory.internals.database.execute("UPDATE recall_episodes SET digest = x''")
        memory.recall.prepare()
    assert [(hit.episode.id, hit.score) for hit in memory.recall.ask(CUE).hits] == first


def test_a_session_that_grows_often_is_not_counted_as_many(memory: Memory) -> None:
    shop(memory)
    index = RecallIndex(memory.internals.database)
    episodes = index.count(RecallField.WORDS)
    steps = [asked("grows")]
    for number in range(40):
        steps.append(acted(f"thought {number}"))
        add(memory, "grows", *steps)
        memory.recall.prepare()
    assert index.count(RecallField.WORDS) <= 2 * (episodes + 1)
    assert memory.recall.unprepared() == 0


def test_for_which_agent_was_recalled_stands_in_the_log(memory: Memory) -> None:
    shop(memory)
    memory.recall.ask(CUE, k=2, scope=RecallScope(reader=Reader("codex-cli", "")))
    row = memory.audit.page()[-1]
    assert json.loads(row.stored)["agent"] == "codex-cli"
    [act] = memory.audit.in_words(AuditFilter(), [ActSpan(row.seq, row.seq, 1)])
    assert "for codex-cli gave" in act.text
