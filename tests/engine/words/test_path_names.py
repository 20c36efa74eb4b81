"""Paths in texts, in time proportional to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.words.path_names import paths, paths_with_ending, without_paths

# What the scanner does in proportion to the text, these say in the square of it.
WITH_ENDING = re.compile(r"(?:[\w.-]+/)+[\w-]+\.\w{1,5}|\b[\w-]+\.[a-z]{1,4}\b")
ANY = re.compile(r"(?:[\w.-]+/)+[\w-]+(?:\.\w{1,5})?")


@given(st.text("ab.-_/ 1\n", max_size=24))
def test_it_finds_what_the_expressions_say(text: str) -> None:
    assert paths(text) == ANY.findall(text)
    assert without_paths(text) == ANY.sub(" ", text)


def test_files_alone_and_paths() -> None:
    text = "see src/a.py, ./b/c.d/e.test.ts:42 and (setup.cfg) or /usr/lib/x, not e.g. this//that"
    assert paths_with_ending(text) == WITH_ENDING.findall(text)
    assert paths(text) == ["src/a.py", "./b/c.d/e.test", "usr/lib/x"]


@pytest.mark.parametrize("piece", ["a.", "a/", "a-", "-", "/", "a.a/", "a/-.", "a.bcdefg/", "//a"])
def test_long_runs_are_left_quickly(piece: str) -> None:
    # In the square of their length these would take hours.
    text = piece * (1_000_000 // len(piece))
    assert paths_with_ending(text) is not None
    assert paths(text) is not None
    assert len(without_paths(text)) <= len(text)
