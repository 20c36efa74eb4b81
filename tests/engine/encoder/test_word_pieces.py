from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hpm_engine.encoder.shipped import vocabulary
from hpm_engine.encoder.word_pieces import WordPieces
from hpm_engine.evaluation.reference_tokenizer import reference_tokenizer

UNKNOWN = 100
# The reference looks for its special pieces in texts; here a text is never more than a text.
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


reference = cache(reference_tokenizer)


@cache
def ours() -> WordPieces:
    return WordPieces(vocabulary(), unknown=UNKNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):\n\tKeyError: 'user_id'\x1b[0m",
        "naïve Straße café İstanbul ﬁ “q” — Ⅳ ½ x² ١٢",
        "東京tower 한국어 ไทย हिन्दी",
        "a" * 101 + " " + "b" * 100,
        "x\x00y\x85z\xa0w\u2028v\u200bu",
        "git log --oneline | grep -i '#1234'",
        "🙂🙂 ok",
        "",
    ],
)
def test_pieces_are_those_of_the_reference(text: str) -> None:
    assert ours()(text).tolist() == reference().encode(text, add_special_tokens=False).ids


# The reference knows an older Unicode than Python does, in which later characters have no class.
KNOWN_TO_BOTH = st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]).filter(
    lambda c: unicodedata.ucd_3_2_0.category(c) == unicodedata.category(c) != "Cn"
)


@settings(max_examples=300)
@given(st.text(KNOWN_TO_BOTH, max_size=60))
@example("aÁ ﷺ")
def test_any_text_has_the_pieces_of_the_reference(text: str) -> None:
    assert ours()(text).tolist() == reference().encode(text, add_special_tokens=False).ids


def test_special_pieces_in_a_text_are_words() -> None:
    own = {vocabulary().index(piece) for piece in SPECIAL}
    assert not own & set(ours()("[CLS] stop [SEP] [MASK]").tolist())


def test_unknown_words_are_left_out_when_no_piece_stands_for_them() -> None:
    pieces = WordPieces(["a", "##b"])
    assert pieces("ab x ab").tolist() == [0, 1, 0, 1]


def test_words_that_never_end_do_not_fill_the_memory() -> None:
    pieces = WordPieces(["a", "##b"])
    for start in range(0, 300_000, 1000):
        pieces(" ".join(f"a{number}" for number in range(start, start + 1000)))
    assert len(pieces._words) < 110_000
