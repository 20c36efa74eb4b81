"""Every regular expression of the program, with the methods by which it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_METHODS = frozenset(
    ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
)
_LIBRARIES = frozenset(("re", "regex"))


@dataclass
class Expression:
    """A compiled pattern, where it stands, and the methods that are called on it."""

    module: str
    name: str  # of the variable, or "line 12" of a pattern that has none
    pattern: Any
    methods: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.module}: {self.name}"


def expressions() -> list[Expression]:
    """Those of both packages: compiled to a name, and written in a call."""
    return [expression for path in _modules() for expression in _of(path)]


def _modules() -> Iterator[Path]:
    for package in ("hpm_engine", "app"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _of(path: Path) -> Iterator[Expression]:
    text = path.read_text()
    if not any(f"import {name}" in text for name in _LIBRARIES):
        return
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(text)
    library = _library(tree)
    named = {}
    for node in tree.body:
        value, targets = getattr(node, "value", None), getattr(node, "targets", ())
        target = targets[0] if targets else getattr(node, "target", None)
        if isinstance(target, ast.Name) and value is not None and _compiles(value):
            held = getattr(import_module(module), target.id)
            for position, pattern in enumerate(_patterns(held)):
                name = target.id if position == 0 else f"{target.id}[{position}]"
                named[name] = Expression(module, name, pattern)
        elif isinstance(node, ast.FunctionDef) and _compiles_late(node):
            pattern = getattr(import_module(module), node.name)()
            named[node.name] = Expression(module, node.name, pattern)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        holder = node.func.value
        if isinstance(holder, ast.Call):
            holder = holder.func
        if not isinstance(holder, ast.Name) or node.func.attr not in _METHODS:
            continue
        if holder.id in _LIBRARIES:
            if isinstance(node.args[0], ast.Constant):
                pattern = library.compile(node.args[0].value)
                yield Expression(module, f"line {node.lineno}", pattern, {node.func.attr})
        elif holder.id in named:
            named[holder.id].methods.add(node.func.attr)
    for expression in named.values():
        if not expression.methods:  # given to another module, or one of several: anything
            expression.methods = {"search"}
        yield expression


def _library(tree: ast.Module) -> Any:
    names = {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    return import_module("regex" if "regex" in names else "re")


def _compiles(value: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "compile"
        and isinstance(node.value, ast.Name)
        and node.value.id in _LIBRARIES
        for node in ast.walk(value)
    )


def _compiles_late(function: ast.FunctionDef) -> bool:
    """Whether a function gives one expression, compiled at its first use."""
    names = [node.id for node in function.decorator_list if isinstance(node, ast.Name)]
    return "cache" in names and not function.args.args and _compiles(function)


def _patterns(held: Any) -> Iterator[Any]:
    if hasattr(held, "finditer"):
        yield held
    elif isinstance(held, dict):
        for value in held.values():
            yield from _patterns(value)
    elif isinstance(held, tuple | list):
        for value in held:
            yield from _patterns(value)
