from __future__ import annotations

import pytest

from hpm_engine.query import Marked, Marks, marked


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("strasse", "die Straße"),
        ("Straße", "die STRASSE"),
        ("STRASSE", "die Straße"),
        ("fuß", "Fuss"),
        ("munchen", "in München"),
        ("λογος", "ο Λόγος"),
        ("λόγος", "ΛΟΓΟΣ"),
        ("ısparta", "ISPARTA"),
        ("istanbul", "İstanbul"),
        ("password", "pass\u200cword"),
        ("password", "pass⟦ZWNJ⟧word"),
    ],
)
def test_words_are_marked_however_they_are_written(asked: str, text: str) -> None:
    [(start, end)] = Marks(marked(asked)).spans(text)
    assert text[start:end] == text.split()[-1]


def test_letters_that_the_index_tells_apart_are_not_marked() -> None:
    assert [*Marks(marked("мой")).spans("мои мой")] == [(4, 7)]


def test_only_what_was_asked_for_is_marked() -> None:
    text = r'disk "no space" -cat or (full* -(a b) tool:bash) path:src/x.py re:\d+ disk !!!'
    assert marked(text) == (
        Marked("disk"),
        Marked("no space"),
        Marked("full", prefix=True),
        Marked("src/x.py"),
        Marked(r"\d+", regex=True),
    )
    assert marked("-cat project:x") == marked('"open') == ()
