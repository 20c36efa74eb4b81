"""The tree stays one that a stranger finds the way in: no circles, few layers, small folders."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = ("app", "hpm_engine")
MOST_MODULES = 30  # in a folder
MOST_LINES = 350  # of a module
MOST_LAYERS = 6  # of the window's folders, by their imports
VAGUE = ("one", "found", "told", "made", "place")
MOST_VAGUE = 1.0  # bindings of each in 1,000 lines


def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    files = [file for root in ROOTS for file in (ROOT / root).rglob("*.py")]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def run_time_imports(node: ast.AST) -> Iterator[str]:
    """The names that code imports when it runs, in functions too, but not for types alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for otherwise in child.orelse:
                yield from run_time_imports(otherwise)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        else:
            yield from run_time_imports(child)


def imports() -> dict[str, set[str]]:
    """The modules of the program that each of them imports."""
    files = modules()
    graph: dict[str, set[str]] = {}
    for module, file in files.items():
        names = set(run_time_imports(ast.parse(file.read_text(encoding="utf-8"))))
        imported = {name if name in files else name.rpartition(".")[0] for name in names}
        graph[module] = (imported & files.keys()) - {module}
    return graph


def depth(folder: str, graph: Mapping[str, set[str]]) -> int:
    """How many layers a folder and what is below it have."""
    return 1 + max((depth(below, graph) for below in graph[folder]), default=0)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = imports()
    assert sum(map(len, graph.values())) > 2_000
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_window_has_at_most_six_layers() -> None:
    folders: dict[str, set[str]] = {}
    for module, imported in imports().items():
        if module.startswith("app."):
            folder = module.split(".")[1]
            others = {name.split(".")[1] for name in imported if name.startswith("app.")}
            folders.setdefault(folder, set()).update(others - {folder})
    assert len(folders) > 10
    assert depth("__main__", folders) <= MOST_LAYERS


@pytest.mark.parametrize("root", [*ROOTS, "tests"])
def test_no_folder_holds_too_many_modules(root: str) -> None:
    folders = {file.parent for file in (ROOT / root).rglob("*.py")}
    crowded = {str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) for folder in folders}
    assert not {folder: count for folder, count in crowded.items() if count > MOST_MODULES}


@pytest.mark.parametrize("root", ROOTS)
def test_no_module_is_long(root: str) -> None:
    lengths = {file: file.read_text("utf-8").count("\n") for file in (ROOT / root).rglob("*.py")}
    assert not {
        str(file.relative_to(ROOT)): lines for file, lines in lengths.items() if lines > MOST_LINES
    }


@pytest.mark.parametrize("root", [*ROOTS, "tests"])
def test_variables_say_what_they_hold(root: str) -> None:
    lines, counts = 0, dict.fromkeys(VAGUE, 0)
    for file in (ROOT / root).rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        lines += text.count("\n")
        for name in bound(ast.parse(text)):
            if name in counts:
                counts[name] += 1
    assert lines > 10_000
    vague = {name: 1_000 * count / lines for name, count in counts.items()}
    assert not {name: share for name, share in vague.items() if share >= MOST_VAGUE}


def bound(tree: ast.AST) -> Iterator[str]:
    """The names that a module binds: variables, arguments, functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef):
            yield node.name
