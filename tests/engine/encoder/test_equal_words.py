"""Equal words are found by hashing, which no collision may make wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.encoder import equal_words
from hpm_engine.encoder.equal_words import distinct, distinct_words


@pytest.fixture(params=["as it is", "all in one slot"])
def slots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "all in one slot":
        monkeypatch.setattr(equal_words, "_ODD", np.zeros_like(equal_words._ODD))


def found_one_by_one(text: str) -> tuple[list[str], list[int]]:
    words = re.findall(r"[a-z]+", text)
    places: dict[str, int] = {}
    return list(dict.fromkeys(words)), [places.setdefault(word, len(places)) for word in words]


def found_at_once(text: str) -> tuple[list[str], list[int]]:
    spans = [match.span() for match in re.finditer(r"[a-z]+", text)]
    starts, ends = np.array(spans, np.intp).reshape(-1, 2).T
    words, which = distinct_words(text.encode(), starts, ends - starts)
    return words, which.tolist()


WORDS = st.integers(1, 128).flatmap(lambda size: st.text("ab", min_size=size, max_size=size))


@pytest.mark.usefixtures("slots")
@settings(max_examples=200)
@given(st.lists(WORDS | st.text("abc ", max_size=12), max_size=40))
def test_words_are_those_found_one_by_one(words: list[str]) -> None:
    text = " ".join(words)
    assert found_at_once(text) == found_one_by_one(text)


@pytest.mark.usefixtures("slots")
@pytest.mark.parametrize("size", [1, 7, 8, 9, 16, 17, 64, 65, 128])
def test_words_that_differ_in_one_letter_differ(size: int) -> None:
    words = [("a" * position + "b" + "a" * size)[:size] for position in range(size)] * 2
    text = " ".join([*words, "a" * size, "a" * (size - 1)])
    assert found_at_once(text) == found_one_by_one(text)


@pytest.mark.usefixtures("slots")
@settings(max_examples=100)
@given(st.lists(st.integers(0, 9) | st.integers(0, 2**62), max_size=60))
def test_each_value_stands_first_where_it_is_met(values: list[int]) -> None:
    own, which = distinct(np.array(values, np.intp))
    assert [values[index] for index in own.tolist()] == list(dict.fromkeys(values))
    assert [values[index] for index in own[which].tolist()] == values
    assert own.tolist() == sorted(own.tolist())
