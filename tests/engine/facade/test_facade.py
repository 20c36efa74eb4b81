"""The facade speaks one dialect, and nothing of the store comes through it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import getmembers, isfunction, ismethod
from pathlib import Path
from typing import get_type_hints

import pytest

from hpm_engine import Memory, open_memory
from tests.support.loaded_modules import output_and_loaded

ROOT = Path(__file__).parents[3]
DOOR = "internals"
OWN = {"path", "read_only", "upgrade"}
VERBS = {"close", "encode", "import_paths", "interrupt", "spare", "trouble", "version"}
GROUPS = {
    "adaptation",
    "audit",
    "backups",
    "checkpoints",
    "chosen",
    "compression",
    "consolidation",
    "episodes",
    "erasure",
    "figures",
    "lookup",
    "marks",
    "memory_notes",
    "notes",
    "originals",
    "proposals",
    "quarantine",
    "recall",
    "reindexing",
    "replay",
    "restoring",
    "searches",
    "secrets",
    "settings",
    "sources",
    "steps",
    "trash",
    "visibility",
}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        yield memory


def public(owner: object) -> dict[str, object]:
    """The public attributes of an object by name."""
    return {name: getattr(owner, name) for name in dir(owner) if not name.startswith("_")}


def groups(memory: Memory) -> Iterator[tuple[str, object]]:
    """Every object of the engine that is reached by public names, with the way to it."""
    waiting = [(f"memory.{name}", group) for name, group in public(memory).items() if name != DOOR]
    while waiting:
        way, group = waiting.pop()
        if not callable(group) and type(group).__module__.startswith("hpm_engine."):
            yield way, group
            waiting += [(f"{way}.{name}", inner) for name, inner in public(group).items()]


def test_what_can_be_asked_of_a_store_stands_in_groups(memory: Memory) -> None:
    names = set(public(memory))
    assert names == OWN | VERBS | GROUPS | {DOOR}
    assert {name for name in names if callable(getattr(memory, name))} == VERBS


def test_no_group_is_a_class_of_the_store(memory: Memory) -> None:
    reached = dict(groups(memory))
    assert {f"memory.{name}" for name in GROUPS} | {
        "memory.compression.ageing",
        "memory.consolidation.map",
    } <= set(reached)
    assert not [
        f"{way} is {type(group).__module__}.{type(group).__name__}"
        for way, group in reached.items()
        if type(group).__module__.startswith("hpm_engine.store")
    ]


def test_no_method_takes_or_gives_a_class_of_the_store(memory: Memory) -> None:
    methods = [
        (f"{way}.{name}", method.__func__)
        for way, group in groups(memory)
        for name, method in getmembers(group, ismethod)
        if not name.startswith("_") and isfunction(method.__func__)
    ]
    assert len(methods) > 80
    hints = {way: repr(get_type_hints(method)) for way, method in methods}
    assert not [f"{way}: {hint}" for way, hint in hints.items() if "hpm_engine.store" in hint]


def test_the_window_and_the_commands_do_not_use_the_door() -> None:
    files = [*(ROOT / "app").rglob("*.py"), *(ROOT / "hpm_engine" / "cli").rglob("*.py")]
    assert len(files) > 200
    assert not [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == DOOR
    ]


def test_the_groups_wait_for_what_costs_until_they_need_it(tmp_path: Path) -> None:
    store = tmp_path / "s.hpm"
    open_memory(store, create=True).close()
    code = f"""
from hpm_engine import open_memory
with open_memory({str(store)!r}, read_only=True) as memory:
    memory.figures.stats(), memory.settings.all(), memory.audit.count()
    print(memory.recall.unprepared(), memory.recall.past_count(), memory.recall.past())
"""
    heavy = ["numpy", "hpm_engine.ingest.detect", "hpm_engine.recall.service"]
    printed, loaded = output_and_loaded(code, heavy)
    assert (printed, loaded) == ("0 0 []\n", [])
