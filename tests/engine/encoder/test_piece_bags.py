"""Pieces counted for many texts at once are those that are found in each text alone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hpm_engine.encoder import piece_bags
from hpm_engine.encoder.piece_bags import Bag, bags
from hpm_engine.encoder.shipped import vocabulary
from hpm_engine.encoder.word_pieces import WordPieces

UNKNOWN = 100


@cache
def pieces() -> WordPieces:
    return WordPieces(vocabulary(), unknown=UNKNOWN)


def bags_of(texts: list[str], few: int) -> list[Bag]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(piece_bags, "_FEW", few)
        return list(bags(pieces(), texts))


def counted(bag: Bag) -> list[int]:
    return sorted(np.repeat(bag.pieces, bag.times.astype(int)).tolist())


USUAL = ["the", "The", "get_url", "x1", "a.b", "...", "##ing", "\xff", "naïve", "café", "東京tower"]
ODD = ["\x1b[0m", "\x00", "a\x7fb", "🙂", "\ud800", "x\ud800y", "İ", "�", "x²", "١٢"]
SPACES = ["\x85", "\xa0", "\u2028", "\x1c", "\x0b", "  ", "\t", "\n", "\r", ""]
LONG = ["b" * 100, "b" * 101, "b" * 300]
PARTS = st.sampled_from([*USUAL, *ODD, *SPACES, *LONG])
TEXTS = st.lists(PARTS | st.text(max_size=20), max_size=30).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=6))
@example([""])
@example(["", "one", ""])
@example(["one\x00", "\x7ftwo"])
def test_texts_at_once_have_the_pieces_of_each_alone(texts: list[str]) -> None:
    at_once, one_by_one = bags_of(texts, few=0), bags_of(texts, few=10**9)
    expected = [sorted(pieces()(text).tolist()) for text in texts]
    assert [counted(bag) for bag in at_once] == expected
    assert [counted(bag) for bag in one_by_one] == expected


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_bag_has_its_order_from_its_own_text(texts: list[str]) -> None:
    known = WordPieces(vocabulary())
    for few in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(piece_bags, "_FEW", few)
            together = list(bags(known, texts))
        for text, bag in zip(texts, together, strict=True):
            alone = next(bags(known, [text]))
            assert alone.pieces.tolist() == bag.pieces.tolist()
            assert alone.times.tolist() == bag.times.tolist()


def test_more_texts_than_are_read_at_once_keep_their_places() -> None:
    texts = [f"text{number} word word" for number in range(2 * piece_bags._AT_ONCE + 1)]
    many_bags = bags_of(texts, few=0)
    assert [counted(bag) for bag in many_bags] == [
        sorted(pieces()(text).tolist()) for text in texts
    ]
