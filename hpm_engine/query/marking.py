"""The texts of a search that are marked in its hits: those it asks for, not excluded ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import msgspec

from hpm_engine.errors import BadQuery
from hpm_engine.query.grammar import parse
from hpm_engine.query.nodes import And, Node, Or, Path, Regex, Text, has_words
from hpm_engine.words.folding import Folded
from hpm_engine.words.scripts import MARKS, PICTURE, UNSPACED, usual

_RUN = re.compile(f"[{UNSPACED}]+")
# The borders of words: beside other characters, in scripts without spaces, or inside a name.
_INSIDE = (
    "(?-i:(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    "|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z]))"
)
_BEGIN = rf"(?:(?<![^\W_])(?<![{MARKS}])|(?<=[{UNSPACED}])|{_INSIDE})"
_END = rf"(?:(?![^\W_])(?![{MARKS}])|(?=[{UNSPACED}])|{_INSIDE})"


@cache
def _piece() -> re.Pattern[str]:
    """The expression of a piece. Compiled at its first use: that takes 20 ms."""
    return re.compile(
        rf"[A-Za-z0-9]+(?:\+\+|\#(?![A-Za-z_]))|(?<!\w)\.net(?!\w)|{PICTURE}|[{UNSPACED}]+"
        rf"|(?:(?![{UNSPACED}])[^\W_]|[{MARKS}])+",
        re.IGNORECASE,
    )


class Marked(msgspec.Struct, frozen=True):
    """A text that a matching step contains."""

    text: str
    prefix: bool = False  # the last word may go on
    regex: bool = False  # an expression of the module ``regex``, to be run with its time limit

    def pattern(self) -> str:
        """An expression (of ``re``, ignoring case) for folded texts: see ``Marks``.

        The words are neighbours: only punctuation and spaces may be between them.
        """
        if self.regex:
            return self.text
        pieces = _piece().findall(Folded(usual(self.text)).text)
        if not pieces:
            return "(?!)"
        whole: str = re.escape(pieces[0])
        for before, piece in pairwise(pieces):
            apart = _is_word(before) and _is_word(piece)
            whole += (r"[\W_]+" if apart else r"[\W_]*") + re.escape(piece)
        begin: str = _BEGIN if _is_word(pieces[0]) else ""
        return begin + whole + (_END if _is_word(pieces[-1]) and not self.prefix else "")


class Marks:
    """A search for texts that ignores accents and invisible characters, as the index does."""

    def __init__(self, terms: Iterable[Marked]) -> None:
        words = [term.pattern() for term in terms if not term.regex]
        self._pattern = re.compile("|".join(words), re.IGNORECASE) if words else None

    def spans(self, text: str, start: int = 0) -> Iterator[tuple[int, int]]:
        """The start and end of every mark in ``text`` from ``start`` on."""
        if self._pattern is not None:
            folded = Folded(text)
            for match in self._pattern.finditer(folded.text, folded.after(start)):
                yield folded.span(*match.span())


def _is_word(piece: str) -> bool:
    return piece[-1].isalnum() and piece[0].isalnum() and not _RUN.match(piece)


def marked(text: str) -> tuple[Marked, ...]:
    """The texts in a search's hits, in the search's order; none for a search with an error."""
    try:
        return tuple(dict.fromkeys(_marked(parse(text))))
    except BadQuery:
        return ()


def _marked(node: Node) -> Iterator[Marked]:
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _marked(item)
        case Text(value, prefix) | Path(value, prefix) if has_words(value):
            yield Marked(value, prefix)
        case Regex(pattern):
            yield Marked(pattern, regex=True)
