"""The invented projects, as this package's ``data`` folder describes them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

_DATA = Path(__file__).parent / "data"
PROJECTS = ("tidewater", "fernway", "kelpie")


class Module(msgspec.Struct, frozen=True):
    """A source file of a project; ``functions`` are ``name(parameters)``."""

    path: str
    noun: str
    about: str
    functions: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file name without its ending."""
        return Path(self.path).stem


class Transform(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """A long refactoring: its prompts, and the change to each function as a pattern."""

    ask: str
    name: str
    source: str
    target: str
    say: str
    ask_again: str
    again_name: str
    again_from: str
    again_to: str


class Project(msgspec.Struct, frozen=True):
    """One invented software project."""

    name: str
    language: str
    home: str
    branch: str
    repository: str
    about: str
    tests: str
    run_test: str
    run_all: str
    wrong: tuple[tuple[str, str], ...]
    readme: str
    modules: tuple[Module, ...]
    transform: Transform

    def module(self, name: str) -> Module:
        """The module of that name."""
        return next(module for module in self.modules if module.name == name)

    def test_path(self, module: Module) -> str:
        """The path of a module's tests."""
        folder = str(Path(module.path).parent).removeprefix("src/")
        return self.tests.format(module=module.name, folder=folder)

    def test_command(self, module: Module) -> str:
        """The command that runs a module's tests."""
        return self.run_test.format(file=self.test_path(module), module=module.name)


class Task(msgspec.Struct, frozen=True):
    """Something a person asked for; ``where`` is module.function, ``size`` in agent steps."""

    id: str
    ask: str
    where: str
    error: str
    cause: str
    fix: str
    patch: str = ""
    size: int = 34
    end: str = "done"  # done, failed, interrupted, unknown

    @property
    def module(self) -> str:
        """The module of the task."""
        return self.where.split(".")[0]

    @property
    def function(self) -> str:
        """The function of the task."""
        return self.where.split(".")[1]


class Chore(msgspec.Struct, frozen=True):
    """A short session: a question, a review, upkeep."""

    id: str
    project: str
    ask: str
    look: tuple[str, ...]
    answer: str


class Fact(msgspec.Struct, frozen=True):
    """Something a person said once; ``needs`` are pairs of task and question."""

    id: str
    kind: str
    project: str
    text: str
    stated: str
    needs: tuple[tuple[str, str], ...]
    answer: str
    until: str = ""
    replaces: str = ""


class DeadEnd(msgspec.Struct, frozen=True):
    """A wrong way that several sessions tried, and that failed each time."""

    id: str
    project: str
    tried: str
    patch: str
    output: str
    because: str
    sessions: tuple[str, ...]


class Knowledge(msgspec.Struct, frozen=True):
    """All facts that are said once, and all dead ends."""

    facts: tuple[Fact, ...]
    dead_ends: tuple[DeadEnd, ...]


class Language(msgspec.Struct, frozen=True):
    """The source code of a language: templates with ``{placeholders}``."""

    header: str
    function: str
    test_header: str
    test: str
    indent: str
    verbs: dict[str, tuple[str, ...]]


def load_project(name: str) -> Project:
    """A project by its name."""
    return msgspec.convert(_toml(name), Project)


def load_tasks(name: str) -> tuple[Task, ...]:
    """A project's tasks in the order of the half year."""
    winter, spring = (_toml(f"{name}_tasks_{part}")["tasks"] for part in ("winter", "spring"))
    return msgspec.convert([*winter, *spring], tuple[Task, ...])


def load_chores() -> tuple[Chore, ...]:
    """The short sessions of all projects."""
    return msgspec.convert(_toml("chores")["chores"], tuple[Chore, ...])


def load_knowledge() -> Knowledge:
    """Facts and dead ends."""
    return msgspec.convert(_toml("facts"), Knowledge)


def load_language(name: str) -> Language:
    """The templates of a programming language."""
    return msgspec.convert(_toml(f"code_{name}"), Language)


def load_phrases() -> dict[str, tuple[str, ...]]:
    """The phrases of agents and people, by occasion."""
    return msgspec.convert(_toml("phrases"), dict[str, tuple[str, ...]])


def load_notes() -> list[dict[str, Any]]:
    """The notes of agents' memories as they stand in the file."""
    notes: list[dict[str, Any]] = _toml("notes")["notes"]
    return notes


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
