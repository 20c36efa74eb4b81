from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.cli.console.table import lines_of
from hpm_engine.cli.console.terminal import clean, clean_line, cut, json_line, width
from tests.support.command_runs import json_lines, run, session

DANGEROUS = [*map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(127, 160)), "\u202e"]


@given(st.text())
def test_nothing_that_a_terminal_obeys_survives(text: str) -> None:
    assert not any(character in clean(text) for character in DANGEROUS)
    assert "\n" not in clean_line(text)


@given(st.text())
def test_json_is_exact_and_harmless(text: str) -> None:
    line = json_line({"text": text.encode("utf-8", "replace").decode()})
    assert line.isascii()
    assert not any(character in line for character in DANGEROUS)
    assert json_lines(line) == [{"text": text.encode("utf-8", "replace").decode()}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;never closed", "␛]52;c;never closed"),
        ("a\x07b\x00c", "a␇b␀c"),
        ("one\rtwo\r\nthree", "one␍two\nthree"),
        ("safe\u202egnp.exe", "safe⟦RLO⟧gnp.exe"),
        ("\u009b2Jcleared", "cleared"),
        ("tab\tand\nline", "tab\tand\nline"),
    ],
)
def test_escape_sequences_go_and_controls_are_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(), st.integers(1, 60))
def test_cut_text_fits(text: str, cells: int) -> None:
    assert width(cut(clean_line(text), cells)) <= cells


def test_wide_characters_keep_columns_in_line() -> None:
    head, *rows = lines_of(("name", "size"), [("写真", "4"), ("Möwe", "12")])
    assert {width(line.rsplit("  ", 1)[0].rstrip() + "  ") for line in rows} == {6}
    assert head.startswith("name")


def test_a_trace_cannot_reach_the_terminal_through_any_listing(store: Path) -> None:
    for arguments in (("episodes",), ("show", "1"), ("show", "2"), ("audit",), ("doctor",)):
        name, *rest = arguments
        for as_json in ((), ("--json",)):
            shown = run(name, store, *rest, *as_json).stdout
            assert not any(character in shown for character in DANGEROUS), arguments


def test_file_names_cannot_either(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2Jnote.txt").write_text("no trace")
    result = run("import", tmp_path / "s.hpm", tmp_path / "\x1b[2Jnote.txt")
    assert "\x1b" not in result.output
    assert "note.txt" in result.output


def test_exported_cells_are_no_formulas(tmp_path: Path) -> None:
    trace = tmp_path / "f.jsonl"
    trace.write_bytes(session("f", "=HYPERLINK(1)"))
    run("import", tmp_path / "s.hpm", trace)
    rows = list(csv.reader(io.StringIO(run("audit", tmp_path / "s.hpm", "--format", "csv").stdout)))
    assert len(rows) > 1
    assert not any(
        cell.lstrip(" ").startswith(("=", "+", "-", "@")) for row in rows for cell in row
    )


def test_titles_that_never_end_are_cleaned_in_one_pass() -> None:
    started = time.monotonic()
    assert clean("\x9d" * 150_000).startswith("⟦150000 invisible characters: U+009D⟧")
    assert time.monotonic() - started < 5  # a pass for each took a minute
