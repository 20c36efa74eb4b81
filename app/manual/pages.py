"""The pages of the manual, as they lie in ``resources/manual``, and the search over them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_INSTALLED = Path(__file__).parents[1] / "resources"
_CHECKOUT = Path(__file__).parents[2] / "resources"

# What a person reads first, then the views in the order of the rail, then what one looks up.
# A page that is not named here comes last, by its name.
_ORDER = (
    "getting-started",
    "overview",
    "episodes",
    "query",
    "masks",
    "prototypes",
    "consolidation",
    "recall",
    "notes",
    "agents",
    "audit",
    "health",
    "adaptation",
    "preferences",
    "actions",
    "commands",
    "programs",
    "python",
    "log",
    "glossary",
)
FIRST = _ORDER[0]
_REMADE = re.compile(r"^.*[Ww]ritten by a test: .*\n+", re.MULTILINE)  # of use to developers only
_WORD = re.compile(r"\w+")
_AROUND = 60  # characters of a page shown on each side of what was found


@dataclass(frozen=True, slots=True)
class ManualPage:
    """A page: ``name`` is its file's without the ending, ``text`` is Markdown."""

    name: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that has all words of a search, and the words around the first of them."""

    page: ManualPage
    excerpt: str


def resources() -> Path:
    """The folder that has ``manual`` and ``screenshots``: in the checkout, or as installed."""
    return _CHECKOUT if (_CHECKOUT / "manual").is_dir() else _INSTALLED


@cache
def pages() -> tuple[ManualPage, ...]:
    """Every page, in the order in which the manual is read."""
    files = sorted((resources() / "manual").glob("*.md"), key=_rank)
    return tuple(_read(file) for file in files)


def page(name: str) -> ManualPage | None:
    """The page of that name."""
    return next((candidate for candidate in pages() if candidate.name == name), None)


def search(words: str) -> Sequence[FoundPage]:
    """The pages that have all words, those that have one in their heading first."""
    wanted = [word.casefold() for word in _WORD.findall(words)]
    if not wanted:
        return []
    hits = [
        (not any(word in candidate.heading.casefold() for word in wanted), candidate)
        for candidate in pages()
        if all(word in candidate.text.casefold() for word in wanted)
    ]
    hits.sort(key=lambda hit: hit[0])
    return [FoundPage(candidate, _excerpt(candidate.text, wanted[0])) for _, candidate in hits]


def _rank(file: Path) -> tuple[int, str]:
    name = file.stem
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _read(file: Path) -> ManualPage:
    text = _REMADE.sub("", file.read_text(encoding="utf-8"))
    heading = text.partition("\n")[0].removeprefix("# ").strip()
    return ManualPage(file.stem, heading or file.stem, text)


def _excerpt(text: str, word: str) -> str:
    position = text.casefold().index(word)
    start, stop = max(0, position - _AROUND), position + len(word) + _AROUND
    return " ".join(text[start:stop].split())
