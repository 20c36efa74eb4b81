"""What is looked for in every place, in all the spellings in which a text lies on a disk."""

from __future__ import annotations

import base64
import json
import urllib.parse
from typing import Any

from hpm_engine.errors import BadQuery

MARK = "[erased]"  # what stands where something was
_SECONDS = 5.0  # for one text
_LEAST = 3  # characters of a text to be looked for
_LEAST_PACKED = 6  # characters below which base64 and hex of a text are found everywhere


class ErasedPattern:
    """A text, or an expression, to be found and taken out. Raises ``BadQuery`` for a bad one."""

    def __init__(self, pattern: str, *, expression: bool, fold: bool) -> None:
        import regex  # only who erases waits for the module

        flags = regex.IGNORECASE if fold else 0
        if not expression and len(pattern.strip()) < _LEAST:
            raise BadQuery(f"A text to be erased has at least {_LEAST} characters.", 0)
        try:
            if expression:
                self._text = regex.compile(pattern, flags)
                self._bytes = regex.compile(pattern.encode(), flags)
            else:
                words, data = _spellings(pattern)
                self._words = tuple(word.lower() if fold else word for word in words)
                self._data = tuple(each.lower() if fold else each for each in data)
                run = "[A-Za-z0-9+/=_-]*"
                packed = _packed(pattern.encode())
                self._text = regex.compile(
                    "|".join(
                        f"{run}{regex.escape(word)}{run}" if word in packed else regex.escape(word)
                        for word in words
                    ),
                    flags,
                )
                self._bytes = regex.compile(b"|".join(map(regex.escape, data)), flags)
        except regex.error as error:
            raise BadQuery(f"“{pattern}” is no expression: {error}.", 0) from error
        if self._text.search(""):
            raise BadQuery("An expression that fits nothing at all would erase everything.", 0)
        self._expression, self._fold = expression, fold

    def holds(self, text: str | None) -> bool:
        """Whether a text has it."""
        if not text:
            return False
        if self._expression:
            return self._search(self._text, text) is not None
        # Some fifty times as quick as the expression, which is then only for what has it.
        said = text.lower() if self._fold else text
        return any(word in said for word in self._words)

    def is_worth(self, data: bytes) -> bool:
        """Whether any record among some bytes may have it."""
        if self._expression:
            return True
        said = data.lower() if self._fold else data
        return any(each in said for each in self._data)

    def replaced(self, text: str) -> str:
        """The text without it."""
        try:
            return str(self._text.sub(MARK, text, concurrent=True, timeout=_SECONDS))
        except TimeoutError:
            raise _too_slow() from None

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where bytes have it, as first and behind the last."""
        if not self.is_worth(data):
            return []
        try:
            found = self._bytes.finditer(data, concurrent=True, timeout=_SECONDS * 4)
            return [match.span() for match in found]
        except TimeoutError:
            raise _too_slow() from None

    def in_record(self, data: bytes) -> bool:
        """Whether a record has it, as bytes or as a string of its JSON."""
        if self.spans(data):
            return True
        if not self._expression or data.lstrip()[:1] not in (b"{", b"["):
            return False
        try:
            return any(self.holds(text) for text in _strings(json.loads(data)))
        except (ValueError, RecursionError):
            return False

    def _search(self, pattern: Any, text: object) -> object:
        try:
            return pattern.search(text, concurrent=True, timeout=_SECONDS)
        except TimeoutError:
            raise _too_slow() from None


def _spellings(text: str) -> tuple[list[str], list[bytes]]:
    """A text in all its spellings, for texts and for bytes."""
    once = json.dumps(text)[1:-1]
    words = [text, once, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(once)[1:-1]]
    words += [urllib.parse.quote(text), urllib.parse.quote_plus(text)]
    if len(text) >= _LEAST_PACKED:
        hexed = text.encode().hex()
        words += [*_packed(text.encode()), hexed, hexed.upper()]
    data = [word.encode() for word in words]
    for encoding in ("utf-16-le", "utf-16-be"):
        data.append(text.encode(encoding))
        words.append(text.encode(encoding).decode("latin-1"))
    return list(dict.fromkeys(words)), list(dict.fromkeys(data))


def _packed(data: bytes) -> list[str]:
    """What of base64 always stands there, wherever in it the bytes begin."""
    found = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data).decode()
        # The characters all of whose six bits are of the bytes themselves.
        core = whole[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        found += [core, core.replace("+", "-").replace("/", "_")]
    return [core for core in dict.fromkeys(found) if len(core) >= _LEAST_PACKED]


def _strings(value: object) -> list[str]:
    """All strings of a JSON value, names of fields too."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in _strings(each)]
    return []


def _too_slow() -> BadQuery:
    return BadQuery(
        "The expression takes too long for one text. Repetitions inside repetitions, as in (a+)+,"
        " are slow: write it without them. Nothing was changed.",
        0,
    )
