"""Terms by which one knows a text again where somebody acts on it: files, commands, names, words.

What is handed out is read for the terms that it stands for; what a session does or shows is read
for all that could be one. Both write a term alike, so that equal terms are equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from hpm_engine.words.ordinary_terms import (
    COMMANDS,
    COMMON_WORDS,
    FILES,
    NAMES,
    PROGRAMS,
    TOOLS,
)
from hpm_engine.words.path_names import paths_with_ending


class TermKind(IntEnum):
    """What a term names."""

    FILE = 1  # its folder and name, or its name alone
    COMMAND = 2  # a command line, or its first three words; two words of a note
    NAME = 3  # an identifier, an option, a name in code marks
    NUMBER = 4  # of four digits or more
    WORD = 5  # of a note, without its ending
    START = 6  # the first two words of a longer command
    PROGRAM = 7  # that a note says to use
    FIRST = 8  # the first word of a command: only where one is, two words are compared


class Term(NamedTuple):
    """One term, as it is compared."""

    kind: TermKind
    text: str


_MOST_WORDS = 120  # of a command line
_LONGEST = 64  # characters of a name
_SPAN = re.compile(r"`([^`\n]{2,200})`")
_CALLED = re.compile(r'"(?:command|cmd|CommandLine)": ?"((?:[^"\\\n]|\\.){2,2000})')
_PROMPTED = re.compile(r"^(?:> )?\s{0,8}[$%] (.{2,500})$", re.MULTILINE)
_PARTED = re.compile(r"&&|\|\||;|\n|\||2?>")
_SETTING = re.compile(r"[A-Za-z_]\w{0,60}=\S{0,200}")
_NAME = re.compile(r"--[a-z][\w-]{2,60}|[A-Za-z_]\w*(?:-\w+){0,6}")
_NUMBER = re.compile(r"(?<![\w.:/-])\d{4,12}(?![\w:/-]|\.\d)")
_OF_COMMANDS = frozenset((TermKind.COMMAND, TermKind.START))
_YEAR = re.compile(r"(?:19|20)\d\d")
_STRUCTURED = re.compile(r"[A-Za-z0-9]_[A-Za-z0-9]|[a-z][A-Z]|[A-Z][A-Z][a-z]|^--\w")
_WORD = re.compile(r"[A-Za-z][A-Za-z]{2,30}")
_PIECE = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NOT = re.compile(
    r"\b(?:never|not|don['\u2019]t|do not|avoid|no longer|instead of|rather than|without|"
    r"stop using|must not|cannot|isn['\u2019]t|over plain)\b[^,.;:\n]{0,120}",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(?:use|uses|using|prefer|prefers|with|via|through)\s{1,3}`?([a-z][a-z0-9.-]{1,30})\b",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"^> (?:agent|project|proposed by|called|for): .*$"
    r"|^\[(?:note )?\d+\].*$|^episode \d+, .*$|^step \d+:$|^newest of .*$",
    re.MULTILINE,
)


def handed_terms(text: str, *, note: bool = False) -> set[Term]:
    """The terms that a text stands for which is handed out.

    A ``note`` counts by its words and by every two words that could begin a command, too; what it
    warns of does not.
    """
    text = _FACT.sub("", text)
    if note:
        text = _NOT.sub(" ", text)
    terms = {term for path in _paths(text) for term in _file(path)}
    spans = _SPAN.findall(text)
    for line in (*spans, *_CALLED.findall(text), *_PROMPTED.findall(text)):
        terms |= commands(_plain(line))
    for span in spans:
        word = span.removesuffix("()").strip()
        if _NAME.fullmatch(word) and len(word) > 3:
            terms.add(Term(TermKind.NAME, word.lower()))
    terms |= {
        Term(TermKind.NAME, name.lower())
        for name in _NAME.findall(text)
        if _STRUCTURED.search(name) and 3 < len(name) <= _LONGEST
    }
    terms |= {Term(TermKind.NUMBER, number) for number in _numbers(text)}
    if note:
        terms |= {Term(TermKind.WORD, word) for word in telling_words(text)}
        terms |= {Term(TermKind.PROGRAM, name.lower()) for name in _USE.findall(text)}
        terms |= set(word_pairs(text))
    terms = {term for term in terms if not of_everybody(term)}
    firsts = {term.text.split(" ")[0] for term in terms if term.kind in _OF_COMMANDS}
    return terms | {Term(TermKind.FIRST, first) for first in firsts}


def met_terms(text: str) -> set[Term]:
    """All that a text of a session holds and that could be a term."""
    terms = {Term(TermKind.NAME, name.lower()) for name in set(_NAME.findall(text))}
    terms |= {term for path in _paths(text) for term in _file(path)}
    terms |= {Term(TermKind.NUMBER, number) for number in _numbers(text)}
    terms |= {Term(TermKind.WORD, word) for word in telling_words(text)}
    return terms


def commands(line: str, *, called: bool = False) -> set[Term]:
    """The command lines in one line of a shell: each whole, and how it begins.

    Of those that were ``called`` every beginning counts as if it were the whole, too, and the
    program.
    """
    terms = set()
    for words in command_words(line):
        for count in {2, 3, len(words)}:
            if 2 <= count <= len(words):
                text = " ".join(words[:count])
                whole = called or count > 2 or len(words) == 2
                terms |= {Term(TermKind.COMMAND, text)} if whole else set()
                terms |= {Term(TermKind.START, text)} if count == 2 else set()
        terms |= {Term(TermKind.PROGRAM, words[0])} if called else set()
    return terms


def command_words(line: str) -> Iterator[list[str]]:
    """The words of each command in a line, without settings before it and pipes behind it."""
    for part in _PARTED.split(line):
        words = [word.strip("'\"()") for word in part.split()[:_MOST_WORDS]]
        while words and _SETTING.fullmatch(words[0]):
            del words[0]
        if words and words[0] not in ("cd", "pushd", "export", "sudo", "time"):
            yield [word.lower() for word in words if word]


def any_word(word: str) -> bool:
    """Whether a word may begin a command: any."""
    return bool(word)


def word_pairs(text: str, begins: Callable[[str], bool] = any_word) -> Iterator[Term]:
    """Every two and three words in a row whose first ``begins`` a command."""
    for line in text.split("\n"):
        words = [word.strip("`'\"(),;:*>").rstrip(".").lower() for word in line.split()]
        for index, word in enumerate(words[:-1]):
            if word not in COMMON_WORDS and word.isascii() and begins(word):
                yield Term(TermKind.COMMAND, f"{word} {words[index + 1]}")
                if index + 2 < len(words):
                    yield Term(TermKind.COMMAND, " ".join(words[index : index + 3]))


def telling_words(text: str) -> set[str]:
    """The words of a text that tell something, names taken apart, without their endings."""
    words = set()
    for run in set(_WORD.findall(text)):
        for piece in _PIECE.findall(run):
            word = piece.lower()
            if len(word) > 2 and word not in COMMON_WORDS:
                words.add(stem(word))
    return words


def stem(word: str) -> str:
    """A word without its ending."""
    for ending in ("ings", "ing", "ies", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


def of_everybody(term: Term) -> bool:
    """Whether a term tells nothing anywhere."""
    kind, text = term
    if kind in _OF_COMMANDS:
        words = text.split(" ")
        if words[0].rpartition("/")[2] in PROGRAMS:
            return True
        return text in COMMANDS
    if kind is TermKind.PROGRAM:
        return text in PROGRAMS or text in TOOLS or text in COMMON_WORDS
    if kind is TermKind.FILE:
        return text in FILES
    return kind is TermKind.NAME and text in NAMES


def tail_of(path: str) -> str:
    """A path as its last folder and its name."""
    return "/".join(path.strip("/").lower().split("/")[-2:])


def name_of(path: str) -> str:
    """A path's name alone."""
    return path.rpartition("/")[2].lower()


def _file(path: str) -> Iterable[Term]:
    tail = tail_of(path)
    if "/" in tail:
        return (Term(TermKind.FILE, tail),)
    return (Term(TermKind.FILE, tail),) if len(tail) > 4 else ()


def _paths(text: str) -> list[str]:
    return [path for path in paths_with_ending(text) if "." in path.rpartition("/")[2]]


def _numbers(text: str) -> set[str]:
    return {number for number in _NUMBER.findall(text) if not _YEAR.fullmatch(number)}


def _plain(line: str) -> str:
    return line.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
