from __future__ import annotations

import re

import pytest

from hpm_engine.query import Marked, marked


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("strasse", "die Straße"),
        ("Straße", "die STRASSE"),
        ("STRASSE", "die Straße"),
        ("fuß", "Fuss"),
    ],
)
def test_sharp_s_is_marked_however_it_was_asked_for(asked: str, text: str) -> None:
    [wanted] = marked(asked)
    assert re.search(wanted.pattern(), text, re.IGNORECASE)


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
