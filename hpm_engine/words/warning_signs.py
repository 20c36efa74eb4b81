"""What in a text that an agent proposes a person should look at twice before accepting it.

A sign says that something stands there, not that it is bad: most notes name a command.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from hpm_engine.words.visible_text import IGNORABLE, visible


class SignKind(StrEnum):
    """What a text has that a person should look at, in words."""

    COMMANDS = "commands whoever reads it"
    TOOL = "names a tool or a command"
    ENCODED = "holds encoded data"
    ADDRESS = "holds an address"
    MARKUP = "holds markup"
    INVISIBLE = "holds characters that nobody sees"


class WarningSign(NamedTuple):
    """A sign and the first words that show it, with what nobody sees spelled out."""

    kind: SignKind
    sample: str


_SAMPLE = 60  # characters
_BEFORE = 10  # of them before what nobody sees
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_COMMANDS = re.compile(
    r"\b(?:always|never|ignor(?:e|ing)|disregard|overrid(?:e|es)|forget (?:all|every|what|your)"
    r"|you (?:must|should|shall|have to)|make sure|without asking|do not (?:ask|tell|mention)"
    r"|don['\N{RIGHT SINGLE QUOTATION MARK}]t (?:ask|tell|mention)|system prompt"
    r"|(?:previous|prior|above) instructions)\b",
    re.IGNORECASE,
)
_SHELL = re.compile(
    r"\b(?:curl|wget|sudo|chmod|chown|eval|ssh|scp|nc|netcat|powershell|rm -[a-z]+|base64"
    r"|git push|npm install|pip install|bash -c|sh -c)(?![\w-])|\|\s{0,8}(?:ba|z)?sh\b"
)
_TOOL = re.compile(r"\bmcp__\w+")
_WORD = re.compile(r"[A-Za-z][\w.-]*")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}")
_ADDRESS = re.compile(r"\b(?:https?|ftp|ssh|file|data|javascript):[^\s<>]{2,}|\bwww\.[^\s<>]{2,}")
_MARKUP = re.compile(r"</?[A-Za-z!][^<>\n]{0,300}>|!\[[^\]\n]{0,300}\]\(")
_HUMP = re.compile("[a-z][A-Z]")


def warning_signs(text: str, tools: Collection[str] = ()) -> tuple[WarningSign, ...]:
    """The signs of a text, each once; ``tools`` are names that agents called tools by."""
    return tuple(_signs(text, tools))


def _signs(shown: str, tools: Collection[str]) -> Iterator[WarningSign]:
    # A word is the same word with something unseen in it, and in letters that look like others.
    text = normalize("NFKC", _IGNORABLE.sub("", shown))
    for kind, match in (
        (SignKind.COMMANDS, _COMMANDS.search(text)),
        (SignKind.TOOL, _TOOL.search(text) or _SHELL.search(text) or _named(text, tools)),
        (SignKind.ENCODED, _encoded(text)),
        (SignKind.ADDRESS, _ADDRESS.search(text)),
        (SignKind.MARKUP, _MARKUP.search(text)),
    ):
        if match is not None:
            yield WarningSign(kind, _cut(match[0]))
    plain = shown.replace("\r\n", "\n")
    spelled = visible(plain, lines=True)
    if spelled != plain:
        pairs = enumerate(zip(plain, spelled, strict=False))
        first = next((place for place, (a, b) in pairs if a != b), len(plain))
        begins = max(0, first - _BEFORE)
        yield WarningSign(SignKind.INVISIBLE, _cut(spelled[begins:]))


def _named(text: str, tools: Collection[str]) -> re.Match[str] | None:
    """The first word that is a tool's name and no word of a sentence."""
    names = {name for name in tools if "_" in name or _HUMP.search(name)}
    return next((match for match in _WORD.finditer(text) if match[0] in names), None)


def _encoded(text: str) -> re.Match[str] | None:
    """The first long run that mixes letters and digits: a long path or a rule of dashes is none."""
    for match in _ENCODED.finditer(text):
        run = match[0]
        digits = sum(character.isdigit() for character in run)
        if digits and run.count("/") < len(run) // 10 and digits < len(run):
            return match
    return None


def _cut(text: str) -> str:
    line = " ".join(visible(text, lines=False).split())
    return line if len(line) <= _SAMPLE else line[: _SAMPLE - 1] + "…"
