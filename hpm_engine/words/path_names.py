"""Paths and names of files in a text, in time proportional to any text."""

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
    """The text with a space in place of each path that ``paths`` gives."""
    kept: list[str] = []
    end = 0
    for path, start in _paths(text, _NAME, alone=False):
        kept += (text[end:start], " ")
        end = start + len(path)
    return "".join((*kept, text[end:]))


def _paths(text: str, last: re.Pattern[str], *, alone: bool) -> Iterator[tuple[str, int]]:
    for match in _RUN.finditer(text):
        run, offset = match[0], match.start()
        if not alone and "/" not in run:
            continue  # most words of any text
        for chain in run.split("//"):  # no part of a path is empty
            start = offset + (len(chain) - len(chain.lstrip("/")))
            yield from _in_chain(chain.lstrip("/"), start, last, alone=alone)
            offset += len(chain) + 2


def _in_chain(
    chain: str, offset: int, last: re.Pattern[str], *, alone: bool
) -> Iterator[tuple[str, int]]:
    """The longest path at the beginning of the chain, then the names of files behind it."""
    end = 0
    cut = chain.rfind("/")
    while cut > 0 and not end:
        if match := last.match(chain, cut + 1):
            end = match.end()
            yield chain[:end], offset
        cut = chain.rfind("/", 0, cut)
    if alone:
        for match in _FILE.finditer(chain, end):
            yield match[1], offset + match.start(1)
