"""Which words of a cue are searched for, and how bounded that is in a large store."""

from __future__ import annotations

import pytest

from hpm_engine import Memory, RecallOptions
from hpm_engine.recall import preparing, words
from hpm_engine.recall.words import field_search, latest_field_search, score
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from tests.support.shop import acted, add, asked, shop


@pytest.fixture
def filled(memory: Memory) -> RecallIndex:
    """Forty episodes: "rare" in the first only, "often" in every fourth, "always" in all."""
    for number in range(40):
        said = "always" + " often" * (number % 4 == 0) + " rare" * (number == 0)
        add(memory, str(number), asked(said), acted("looked"))
    memory.recall.prepare()
    return RecallIndex(memory.internals.database)


def test_words_that_tell_nothing_apart_are_left_out_and_the_rest_come_rarest_first(
    filled: RecallIndex,
) -> None:
    asked_for = {"always": 1.0, "often": 1.0, "rare": 1.0, "nowhere": 1.0}
    assert list(field_search(filled, RecallField.WORDS, asked_for, 100).words) == ["rare", "often"]
    assert list(field_search(filled, RecallField.WORDS, asked_for, 5).words) == ["rare"]
    assert field_search(filled, RecallField.PATCH, asked_for, 100).words == {}


def test_in_a_large_store_a_rare_word_is_found_however_old(
    filled: RecallIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_LATEST", 8)
    lately = latest_field_search(filled, RecallField.WORDS, {"often": 1.0, "rare": 1.0}, 3)
    assert list(lately.words) == ["rare"]
    assert list(score(filled, RecallField.WORDS, lately)) == [1]


def test_where_all_words_are_common_the_latest_are_searched(
    filled: RecallIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_LATEST", 8)
    lately = latest_field_search(filled, RecallField.WORDS, {"often": 1.0, "always": 1.0}, 3)
    assert list(lately.words) == ["often"]
    assert sorted(score(filled, RecallField.WORDS, lately)) == [33, 37]
    everywhere = score(
        filled, RecallField.WORDS, field_search(filled, RecallField.WORDS, {"often": 1.0}, 100)
    )
    assert len(everywhere) == 10
    assert all(
        value == everywhere[key] for key, value in score(filled, RecallField.WORDS, lately).items()
    )


def test_a_small_store_is_counted_exactly(filled: RecallIndex) -> None:
    asked_for = {"often": 1.0, "rare": 2.0}
    assert latest_field_search(filled, RecallField.WORDS, asked_for, 100) == field_search(
        filled, RecallField.WORDS, asked_for, 100
    )


def test_each_hit_shows_the_steps_that_answer_even_where_others_answer_better(
    memory: Memory,
) -> None:
    loud = [acted(f"discount currency converted {number}") for number in range(600)]
    quiet = [acted("nothing here"), acted("the discount alone"), acted("nor here")]
    loud_id = add(memory, "loud", asked("discount currency"), *loud)
    other = add(memory, "quiet", asked("prices"), *quiet)
    for number in range(12):
        add(memory, str(number), asked("an oven"), acted("bake"))
    memory.recall.prepare()
    recall = memory.recall.ask("discount currency", options=RecallOptions(steps=1))
    shown = {hit.episode.id: [step.seq for step in hit.steps] for hit in recall.hits}
    assert shown[other] == [2]
    assert set(shown) == {loud_id, other}
    assert recall.steps == ()


def test_the_best_steps_of_all_are_given_where_asked_for(memory: Memory) -> None:
    ids = shop(memory)
    recall = memory.recall.ask(
        "discount conversion", options=RecallOptions(steps=0, steps_of_all=2)
    )
    assert [step.episode_id for step in recall.steps] == [ids["basket"]] * 2
    assert all(hit.steps == () for hit in recall.hits)


def test_many_segments_become_one_and_the_answers_stay(memory: Memory) -> None:
    index = RecallIndex(memory.internals.database)
    for number in range(12):
        add(memory, str(number), asked(f"a discount for customer{number}"), acted("done"))
        memory.recall.prepare()
        with memory.internals.database.reading():
            assert len(index.pages(RecallField.WORDS)) <= preparing._FEW_SEGMENTS
    with memory.internals.database.reading():
        before = index.bm25(RecallField.STEPS, ["customer3", "discount"])
        assert len(before) == 12
    for number in range(2):  # of one size: neither is small beside the other
        said = (acted(f"word{number * 400 + index} " * 50) for index in range(400))
        add(memory, f"long {number}", *said)
        memory.recall.prepare()
    with memory.internals.database.reading():
        assert len(index.pages(RecallField.STEPS)) == 1
        assert [key for key, _ in index.bm25(RecallField.STEPS, ["customer3", "discount"])] == [
            key for key, _ in before
        ]


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("fire rate", "kiln_fire_rate"),
        ("rates", "KILN_FIRE_RATE"),
        ("kiln_fire_rate", "the rate of the kiln"),
        ("kiln_fire_rate", "kiln-fire-rate"),
        ("kilnFireRate", "kiln_fire_rate"),
        ("kiln-fire-rate", "kiln_fire_rate"),
        ("kiln.fire/rate", "kiln_fire_rate"),
        ("fire rate", "kiln-fire-rate.d/x"),
        ("λογος", "Ο Λόγος"),
        ("ΛΌΓΟΣ", "λογοσ"),
        ("ısparta", "ISPARTA"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "İstanbul"),
        ("munchen", "München"),
        ("pho viet", "Phở Việt"),
    ],
)
def test_words_are_found_however_they_are_written_or_joined(
    memory: Memory, cue: str, text: str
) -> None:
    wanted = add(memory, "wanted", asked(text))
    for number in range(80):
        add(memory, str(number), asked(f"glaze number {number}"), acted("mix"))
    memory.recall.prepare()
    recall = memory.recall.ask(cue)
    assert [hit.episode.id for hit in recall.hits] == [wanted]
    assert recall.hits[0].terms and recall.hits[0].steps[0].terms


def test_parts_of_names_in_results_are_found_too(memory: Memory) -> None:
    wanted = add(memory, "wanted", asked("go on"), acted("look", result="kiln_fire_rate = 3"))
    for number in range(80):
        add(memory, str(number), asked(f"glaze number {number}"), acted("mix"))
    memory.recall.prepare()
    assert [hit.episode.id for hit in memory.recall.ask("fire rate").hits] == [wanted]


def test_a_whole_name_weighs_more_than_its_parts(memory: Memory) -> None:
    parts = add(memory, "parts", asked("the rate, the fire, the kiln"))
    whole = add(memory, "whole", asked("the kiln_fire_rate of it"))
    for number in range(9):
        add(memory, str(number), asked(f"glaze number {number}"))
    memory.recall.prepare()
    assert [hit.episode.id for hit in memory.recall.ask("kiln_fire_rate").hits] == [whole, parts]


@pytest.mark.parametrize("count", [1, 3, 80])
@pytest.mark.parametrize("cue", ["what is", "What is it?", "the", "it it it"])
def test_a_cue_of_function_words_alone_finds_what_has_them(
    memory: Memory, count: int, cue: str
) -> None:
    for number in range(count):
        add(memory, str(number), asked(f"what is it about the glaze {number}"))
    memory.recall.prepare()
    assert memory.recall.ask(cue).hits
    assert memory.recall.ask("where").hits == ()
