from __future__ import annotations

from hpm_engine.query import Marked, marked


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
