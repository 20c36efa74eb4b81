"""Texts as they are compared for marks, and where their characters stand."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.words.folding import Folded
from hpm_engine.words.visible_text import visible


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "Strasse"),
        ("München Mu\u0308nchen", "Munchen Munchen"),
        ("Λόγος ΐδιος ῥόδον", "Λογος ιδιος ροδον"),
        ("İstanbul ısparta", "Istanbul isparta"),
        ("Phở Việt", "Pho Viet"),
        ("ﬁle ｆｕｌｌ", "file full"),
        ("pass\u200cword", "password"),
        ("мой Мои\u0306", "мой Мои\u0306"),
        ("明天 👩\u200d💻", "明天 👩\u200d💻"),
    ],
)
def test_accents_and_what_is_unseen_go(text: str, folded: str) -> None:
    assert Folded(text).text == folded


def test_what_is_spelled_out_in_a_word_goes_too() -> None:
    for hidden in ("\u200b", "\u200c", "\u2066", "\U000e0041", "\U000e0041\u200b" * 4):
        assert Folded(visible(f"pass{hidden}word")).text == "password"
    assert Folded("⟦note⟧ é").text == "⟦note⟧ e"


@given(st.text(st.sampled_from("aß\u0301éﬁ\u200b明λΐı ⟦ZWSP⟧"), max_size=40))
def test_every_place_is_in_order_and_leads_back(text: str) -> None:
    folded = Folded(text)
    offsets = [folded.original_index(index) for index in range(len(folded.text))]
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)
    for index, offset in enumerate(offsets):
        assert Folded(text[offset]).text and folded.after(offset) <= index
        start, end = folded.span(index, index + 1)
        assert start == offset < end <= len(text)


@pytest.mark.parametrize("piece", ["é", "ß", "a\u200b", "⟦", "a\u0301", "⟦1", "👩\u200d"])
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    began = time.thread_time()
    Folded(piece * (100_000 // len(piece)))
    assert time.thread_time() - began < 1
