from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.ingest.consoles.console_lines import console_lines, screen_text
from tests.support.files.trace_sources import memory_source


@pytest.mark.parametrize(
    ("painted", "shown"),
    [
        ("\x1b[0;32mgreen\x1b[0m", "green"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r 20%\r100%", "100%"),
        ("⠼ Waiting for the LM to respond...\r⠴ Waiting for the LM to respond...\r", ""),
        ("⠼ Waiting...\rdone", "done"),
        ("\x07⠼ Waiting...", ""),
        ("done\r\x07", "done"),
        ("lss\x08 -la", "ls -la"),
        ("\x1b[2K\x1b[1A  padded   ", "  padded"),
        ("⏺ plain", "⏺ plain"),
    ],
)
def test_a_line_is_what_remained_on_the_screen(painted: str, shown: str) -> None:
    assert screen_text(painted) == shown


def test_lines_know_the_bytes_that_painted_them() -> None:
    data = "\x1b[1mone\x1b[0m\r\n⠼ Waiting\r\n\ntwo".encode()
    lines = list(console_lines(memory_source(data)))
    assert [line.text for line in lines] == ["one", "", "two"]
    assert data[lines[0].start : lines[0].end] == b"\x1b[1mone\x1b[0m"
    assert data[lines[2].start : lines[2].end] == b"two"


@given(st.text(st.sampled_from("a\x1b[]0;m\x07\r\x08 ⠼\\"), max_size=60))
def test_no_control_character_survives(painted: str) -> None:
    shown = screen_text(painted)
    assert not set(shown) & set("\x1b\x07\r\x08")
    assert screen_text(shown) == shown or "[" in shown or "]" in shown
