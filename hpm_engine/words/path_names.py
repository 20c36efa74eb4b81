"""Paths and names of files in a text, in time proportional to it whatever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN = re.compile(r"[\w./-]+")
_ENDED = re.compile(r"[\w-]++\.\w{1,5}")
_NAME = re.compile(r"[\w-]++(?:\.\w{1,5})?")
_FILE = re.compile(r"(?<![\w-])-*+(\w[\w-]*+\.[a-z]{1,4})\b")


def paths_with_ending(text: str) -> list[str]:
    """Paths to files with an ending (``src/a.py``), and names of files alone (``a.py``)."""
    return [path for path, _ in _paths(text, _ENDED, alone=True)]


def paths(text: str) -> list[str]:
    """Paths of two parts or more, with an ending or without: ``src/a.py``, ``src/lib``."""
    return [path for path, _ in _paths(text, _NAME, alone=False)]


def without_paths(text: str) -> str:
    """The text with a space in place of what ``paths`` gives."""
    kept: list[str] = []
    at = 0
    for path, start in _paths(text, _NAME, alone=False):
        kept += (text[at:start], " ")
        at = start + len(path)
    return "".join((*kept, text[at:]))


def _paths(text: str, last: re.Pattern[str], *, alone: bool) -> Iterator[tuple[str, int]]:
    for run in _RUN.finditer(text):
        at = run.start()
        for chain in run[0].split("//"):  # no part of a path is empty
            start = at + (len(chain) - len(chain.lstrip("/")))
            yield from _in_chain(chain.lstrip("/"), start, last, alone=alone)
            at += len(chain) + 2


def _in_chain(
    chain: str, at: int, last: re.Pattern[str], *, alone: bool
) -> Iterator[tuple[str, int]]:
    """The longest path that the chain begins with, then the names of files behind it."""
    end = 0
    cut = chain.rfind("/")
    while cut > 0 and not end:
        if match := last.match(chain, cut + 1):
            end = match.end()
            yield chain[:end], at
        cut = chain.rfind("/", 0, cut)
    if alone:
        for match in _FILE.finditer(chain, end):
            yield match[1], at + match.start(1)
