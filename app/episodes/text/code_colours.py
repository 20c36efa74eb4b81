"""Colours of code, found by Pygments on the reader's thread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from app.episodes.text.spans import MOST_SPANS, Ink, Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MOST_TEXT = 20_000  # characters that are lexed: about 2 ms for each thousand
_LONGEST_LINE = 2_000  # characters; some lexers take quadratic time for a line
_DIFF = re.compile(r"^(?:diff --git |@@ -\d|--- .*\n\+\+\+ )", re.M)
_COMMON = {  # endings that several languages have
    "*.c": "c",
    "*.css": "css",
    "*.h": "c",
    "*.html": "html",
    "*.js": "javascript",
    "*.md": "markdown",
    "*.php": "php",
    "*.py": "python",
    "*.r": "r",
    "*.rs": "rust",
    "*.sql": "sql",
    "*.ts": "typescript",
    "*.txt": "",
    "*.xml": "xml",
}
_SHELLS = frozenset({"bash", "shell", "sh", "exec_command", "run", "execute_bash", "terminal"})
_PATH = re.compile(r"^(?:file_path|path|filename|notebook_path|target_file): (.{1,400})$", re.M)


def language_of(text: str, tool: str = "", *, is_call: bool = False) -> str:
    """The language of a call or a result, "" where nothing tells it.

    A diff and JSON are known by their looks, a command by its tool, else the name of a file in
    the call tells.
    """
    if _DIFF.search(text[:MOST_TEXT]):
        return "diff"
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    if is_call and tool.lower() in _SHELLS:
        return "bash"
    return language_of_file(text) if is_call else ""


def language_of_file(call: str) -> str:
    """The language of the file that a call names, "" where it names none."""
    return _by_file(match[1]) if (match := _PATH.search(call[:2_000])) else ""


def code_spans(text: str, language: str) -> tuple[Span, ...]:
    """The coloured spans of a code, none where its language is not known."""
    if not language or any(len(line) > _LONGEST_LINE for line in text[:MOST_TEXT].split("\n")):
        return ()
    lexer = _lexer(language)
    if lexer is None:
        return ()
    spans: list[Span] = []
    text = text[:MOST_TEXT]
    for start, kind, value in _tokens(lexer, text + "\n"):  # some rules end at a break alone
        ink = _INKS.get(kind) if kind in _INKS else _ink_of(kind)
        if ink is None or not value.strip():
            continue
        spans.append(Span(start, min(len(value), len(text) - start), ink))
        if len(spans) >= MOST_SPANS:
            break
    return tuple(spans)


def _tokens(lexer: Lexer, text: str) -> Iterator[tuple[int, str, str]]:
    # As the lexer has it, without the changes of `get_tokens`: offsets must be those of the text.
    for start, kind, value in lexer.get_tokens_unprocessed(text):
        yield start, str(kind), value


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name  # only code that is shown waits for it

    # Never by a name that is not its own: Pygments would look for plugins, and run them.
    return get_lexer_by_name(language.lower()) if language.lower() in _languages()[0] else None


@lru_cache(maxsize=256)
def _by_file(path: str) -> str:
    name = path.strip().rstrip("/\\").replace("\\", "/").rpartition("/")[2].lower()
    by_ending = _languages()[1]
    return by_ending.get(name) or by_ending.get(f"*.{name.rpartition('.')[2]}", "")


@lru_cache(maxsize=1)
def _languages() -> tuple[frozenset[str], dict[str, str]]:
    """The names of all languages, and the language of each ending or name of a file."""
    from pygments.lexers import get_all_lexers

    names: set[str] = set()
    by_ending: dict[str, str] = {}
    for _, aliases, endings, _ in get_all_lexers(plugins=False):
        names.update(aliases)
        for ending in endings if aliases else ():
            by_ending.setdefault(ending.lower(), aliases[0])
    return frozenset(names), by_ending | _COMMON


_INKS: dict[str, Ink | None] = {}
_BY_PREFIX: tuple[tuple[str, Ink], ...] = (
    ("Token.Comment", Ink.COMMENT),
    ("Token.Literal.String", Ink.STRING),
    ("Token.Literal.Number", Ink.NUMBER),
    ("Token.Literal.Date", Ink.NUMBER),
    ("Token.Keyword", Ink.KEYWORD),
    ("Token.Operator.Word", Ink.KEYWORD),
    ("Token.Name.Tag", Ink.KEY),
    ("Token.Name.Attribute", Ink.KEY),
    ("Token.Name.Function", Ink.KEY),
    ("Token.Name.Class", Ink.KEY),
    ("Token.Name.Decorator", Ink.KEY),
    ("Token.Name.Builtin", Ink.KEY),
    ("Token.Name.Variable", Ink.KEY),
    ("Token.Generic.Inserted", Ink.ADDED),
    ("Token.Generic.Deleted", Ink.REMOVED),
    ("Token.Generic.Heading", Ink.PLACE),
    ("Token.Generic.Subheading", Ink.PLACE),
    ("Token.Generic.Prompt", Ink.COMMENT),
)


def _ink_of(kind: str) -> Ink | None:
    ink = next((ink for prefix, ink in _BY_PREFIX if kind.startswith(prefix)), None)
    _INKS[kind] = ink
    return ink
