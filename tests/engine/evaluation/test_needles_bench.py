"""The benchmark of needles: small here, and able to fail."""

from __future__ import annotations

import pytest

from hpm_engine.evaluation.recall.needle_sessions import KINDS
from hpm_engine.evaluation.recall.needle_words import SCRIPTS, WordMaker, folded
from hpm_engine.evaluation.recall.needles import Needles


def figures() -> dict[str, float]:
    result = Needles(words=24, needles=24, absent=12).run(None, lambda _: None)
    return {name: figure.value for name, figure in result.results.items()}


def test_every_needle_is_found_where_it_stands_and_nowhere_else() -> None:
    values = figures()
    assert (values["words_found"], values["words_elsewhere"], values["words_recalled"]) == (
        24,
        0,
        24,
    )
    assert (values["needles_found"], values["needles_elsewhere"]) == (24, 0)
    assert values["needles_recalled"] == 24
    assert values["absent_found"] == 0
    assert [values[f"words: {script.name}"] for script in SCRIPTS] == [2] * len(SCRIPTS)
    assert [values[f"needles: {kind}"] for kind in KINDS] == [2] * len(KINDS)


def test_it_says_so_when_calls_are_indexed_as_json_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpm_engine.store.search.search_index.plain_words", lambda text: text)
    values = figures()
    assert values["needles: command, new line"] == 0
    assert values["needles: prompt"] == 2
    assert values["needles_found"] < 24


def test_it_says_so_when_running_text_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpm_engine.store.search.search_index.segmented", lambda text: text)
    values = figures()
    assert values["words: Han"] == values["words: Thai"] == 0
    assert values["words: Cyrillic"] == 2


def test_no_word_is_a_part_of_another_text() -> None:
    maker = WordMaker(7)
    drawn = maker.words(60)
    for script, word in drawn:
        text = folded(maker.around(script, word))
        assert text.count(folded(word)) == 1
        assert not any(folded(other) in text for _, other in drawn if other != word)
