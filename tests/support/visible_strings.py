"""Texts of the window as they stand in its code: every string that a person may come to read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
# What is called with texts that nobody reads: names of objects and of settings, lines of the log.
_UNREAD = frozenset(
    {
        *("setObjectName", "getLogger", "debug", "info", "warning", "error", "exception"),
        *("getattr", "compile", "findChild", "findChildren", "import_module", "isinstance"),
        *("startswith", "endswith", "removeprefix", "removesuffix", "setProperty", "property"),
        *("encode", "decode", "beginGroup", "Literal", "KeyError", "AssertionError"),
    }
)
# Arguments whose texts stand under *Details*, by the call's own rule.
_FOLDED = frozenset({"details"})
_RESEARCH = (
    "For researchers",
    "Details",
    "_RESEARCH",
)  # the group of columns that are hidden at first


@dataclass(frozen=True, slots=True)
class VisibleString:
    """A string with its place: ``file`` is relative to ``app``, ``scope`` a function of it."""

    file: str
    line: int
    scope: str
    text: str


def visible_strings(root: Path = APP) -> Iterator[VisibleString]:
    """All strings below a folder but docstrings, names, and what only programs read."""
    for path in sorted(root.rglob("*.py")):
        yield from strings_of(path.read_text("utf-8"), str(path.relative_to(root)))


def strings_of(source: str, file: str) -> Iterator[VisibleString]:
    """The strings of a module; one that has values in it counts as a whole."""
    tree = ast.parse(source)
    skipped = _docstrings(tree) | _unread(tree)
    nouns = _nouns(tree)
    scopes = _scopes(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            text = "".join(_piece(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if id(node) not in skipped and (id(node) in nouns or _is_prose(text)):
            yield VisibleString(file, node.lineno, scopes.get(id(node), ""), text)


def _piece(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "…"


def _is_prose(text: str) -> bool:
    """Whether people could read it: a name of a setting or a key has no capital and no space."""
    stripped = text.replace("&", "").strip()
    return len(stripped) > 1 and (" " in text or stripped[0].isupper())


def _nouns(tree: ast.Module) -> set[int]:
    """Words that are read with their number before them."""
    return {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "counted"
        for argument in node.args[1:]
    }


def _scopes(tree: ast.Module) -> dict[int, str]:
    return {
        id(child): function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for child in ast.walk(function)
    }


def _docstrings(tree: ast.Module) -> set[int]:
    sentences = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:  # a sentence on its own describes what stands above it
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    sentences.add(id(statement.value))
    return sentences


def _unread(tree: ast.Module) -> set[int]:
    unread: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in _UNREAD or (name == "Column" and _for_researchers(node)):
                unread |= {id(child) for child in ast.walk(node)}
            for keyword in node.keywords:
                if keyword.arg in _FOLDED:
                    unread |= {id(child) for child in ast.walk(keyword.value)}
        elif isinstance(node, ast.Subscript):
            unread |= {id(child) for child in ast.walk(node.slice)}
    return unread


def _for_researchers(column: ast.Call) -> bool:
    """Whether a column is one of those that only a person who asks for them sees."""
    given = {keyword.arg: keyword.value for keyword in column.keywords}
    group, shown = given.get("group"), given.get("shown")
    named = isinstance(group, ast.Name) and group.id in _RESEARCH
    called = isinstance(group, ast.Constant) and group.value in _RESEARCH
    hidden = isinstance(shown, ast.Constant) and shown.value is False
    return hidden and (named or called)
