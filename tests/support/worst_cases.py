"""Texts that an expression takes longest for, generated from the expression itself.

Backtracking is superlinear where what may repeat can be cut in many ways, or where a search begins
at many positions and runs far from each (https://swtch.com/~rsc/regexp/regexp1.html). So each text
is a beginning that matches up to some part of the expression, then something many times, then an
end that matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

try:
    import re._constants as constants
    import re._parser as parser
except ImportError:  # Python 3.10
    import sre_constants as constants  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

_ALWAYS = (
    " ",
    "\n",
    "a",
    "a ",
    "a\n",
    " \n",
    "\t",
    "0",
    ".",
    "a.",
    "/",
    "a/",
    "-",
    "=",
    "(",
    "<",
    '"',
    "\\",
    "*",
    "`",
)
_ENDS = ("", "\x00", "\n\x00")


def worst_cases(pattern: Any) -> Iterator[tuple[str, str, str]]:
    """Beginnings, what is repeated behind each, and ends."""
    beginnings, repeated = _pieces(pattern)
    pumps = dict.fromkeys((*repeated, *(text for text in beginnings if text), *_ALWAYS))
    for beginning in beginnings:
        for pump in pumps:
            for end in _ENDS:
                yield beginning, pump, end


def _pieces(pattern: Any) -> tuple[list[str], list[str]]:
    try:
        tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE & ~re.DEBUG & 0xFF)
    except re.error:  # what only `regex` knows
        return [""], []
    beginnings: dict[str, None] = {"": None}
    repeated: dict[str, None] = {}
    _walk(tree, "", beginnings, repeated)
    return list(beginnings)[:12], list(repeated)[:12]


def _walk(tree: Any, before: str, beginnings: dict[str, None], repeated: dict[str, None]) -> str:
    """Gather the beginnings that end before each part; a text that matches the tree."""
    text = before
    for op, argument in tree:
        if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            least, most, body = argument
            beginnings[text] = None
            inner = _walk(body, "", {}, repeated)
            if most > 1:
                repeated[inner] = None
                _walk(body, text, beginnings, repeated)
            text += inner * min(least, 3)
        elif op is constants.SUBPATTERN:
            text = _walk(argument[3], text, beginnings, repeated)
        elif op is constants.ATOMIC_GROUP:
            text = _walk(argument, text, beginnings, repeated)
        elif op is constants.BRANCH:
            texts = [_walk(branch, text, beginnings, repeated) for branch in argument[1]]
            text = texts[0]
        elif op is constants.LITERAL:
            text += chr(argument)
        elif op is constants.NOT_LITERAL:
            text += "b" if argument != ord("b") else "c"
        elif op is constants.ANY:
            text += "b"
        elif op is constants.IN:
            text += _member(argument)
    beginnings[text] = None
    return text


def _member(items: Any) -> str:
    """A character of a class."""
    if items and items[0][0] is constants.NEGATE:
        for character in "b \n.-/0":
            if not _holds(items[1:], character):
                return character
        return "\u00e9"
    for op, argument in items:
        if op is constants.LITERAL:
            return chr(argument)
        if op is constants.RANGE:
            return chr(argument[0])
        for character in "b 0\n.":
            if _holds([(op, argument)], character):
                return character
    return "b"


def _holds(items: Any, character: str) -> bool:
    code = ord(character)
    kinds = {
        constants.CATEGORY_DIGIT: character.isdigit(),
        constants.CATEGORY_NOT_DIGIT: not character.isdigit(),
        constants.CATEGORY_SPACE: character.isspace(),
        constants.CATEGORY_NOT_SPACE: not character.isspace(),
        constants.CATEGORY_WORD: character.isalnum() or character == "_",
        constants.CATEGORY_NOT_WORD: not (character.isalnum() or character == "_"),
    }
    for op, argument in items:
        if op is constants.LITERAL and argument == code:
            return True
        if op is constants.RANGE and argument[0] <= code <= argument[1]:
            return True
        if op is constants.CATEGORY and kinds.get(argument, False):
            return True
    return False
