"""Rows as lines, and back."""

from __future__ import annotations

import pytest

from hpm_engine.ingest.databases.row_lines import (
    LeftOut,
    WrongText,
    cell_bytes,
    cell_text,
    first_line,
    row_line,
)


def test_lines_are_canonical() -> None:
    assert first_line("kilo", "ses_1") == b'{"database":"kilo","session":"ses_1"}\n'
    row = {"a": 1, "b": None, "c": b"\0", "d": WrongText(b"\xff"), "e": LeftOut("why")}
    assert row_line("t", row) == (
        b'{"table":"t","row":{"a":1,"c":{"base64":"AA=="},"d":{"text":"/w=="},'
        b'"e":{"left_out":"why"}}}\n'
    )


@pytest.mark.parametrize(
    ("cell", "text", "data"),
    [
        ("é", "é", "é".encode()),
        ({"base64": "aGk="}, "hi", b"hi"),
        ({"text": "/2k="}, "�i", b"\xffi"),
        ({"left_out": "why"}, "", b""),
        ({"base64": "no base64!"}, "", b""),
        (7, "", b""),
        (None, "", b""),
    ],
)
def test_cells_are_read_as_text_or_as_bytes(cell: object, text: str, data: bytes) -> None:
    assert cell_text(cell) == text
    assert cell_bytes(cell) == data
