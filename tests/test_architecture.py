"""``ARCHITECTURE.md`` maps the code as it is; the decisions name files that exist."""

from __future__ import annotations

import ast
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path

import pytest

import hpm_engine
from hpm_engine import open_memory
from hpm_engine.exports import SOURCES
from hpm_engine.store.schema.table_purposes import TABLE_PURPOSES

ROOT = Path(__file__).parents[1]
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DECISIONS = ROOT / "resources" / "decisions"
PAPERS = (ARCHITECTURE, ROOT / "CONTRIBUTING.md", ROOT / "README.md")
TABLES = ROOT / "resources" / "tables.md"
LONGEST = 150  # lines
ROOTS = ("hpm_engine", "app")
UPDATE = "run HPM_UPDATE_DOCS=1 pytest tests/test_architecture.py"
OF_SQLITE = re.compile(r"sqlite_\w+|_sqlite_migrations|\w+_(data|idx|docsize|config|content)")
CODE = re.compile(r"`([^`\n]+)`")
STRANGERS = {"numpy.py", "labels.csv"}  # examples, and files of others
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)+\.(?:py|md|toml|yaml|csv|sh)|[\w-]+\.(?:py|toml|yaml|sh)")


def updates() -> bool:
    return bool(os.environ.get("HPM_UPDATE_DOCS"))


def section(text: str, name: str) -> tuple[str, str, str]:
    """What is before the lines between the markers of ``name``, these lines, what is after."""
    begin, end = f"<!-- {name}: ", f"<!-- end of {name} -->"
    head, _, rest = text.partition(begin)
    marker, _, rest = rest.partition("\n")
    inside, mark, tail = rest.partition(end)
    assert mark, f"there are no markers for {name}"
    return f"{head}{begin}{marker}\n", inside, f"{mark}{tail}"


def imported(file: Path) -> Iterator[str]:
    """The modules and packages of this project that a module imports, anywhere in it.

    The engine's facade (what ``hpm_engine`` exports) counts as ``hpm_engine``.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        for module in modules:
            root, _, rest = module.partition(".")
            name = rest.partition(".")[0]
            if root not in ROOTS:
                continue
            folder = ROOT / root / name
            inner = folder.is_dir() or folder.with_suffix(".py").is_file()
            yield name if inner else root


def imported_of_tests(file: Path) -> Iterator[str]:
    """The modules of ``tests`` that a test or a helper imports, anywhere in it."""
    package = ["tests", *file.relative_to(ROOT / "tests").parent.parts]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            modules = [f"{origin}.{alias.name}" for alias in node.names]
        yield from (module for module in modules if module.split(".")[0] == "tests")


def first_line(package: Path) -> str:
    text = (package / "__init__.py").read_text(encoding="utf-8")
    return (
        (ast.get_docstring(ast.parse(text)) or "")
        .split("\n")[0]
        .replace("|", "\\|")
        .replace("``", "`")
    )


def packages_map() -> str:
    """A line for each package of the engine and of the window."""
    lines = ["| package | what is in it | imports |", "|---|---|---|"]
    for root in ROOTS:
        for init in sorted((ROOT / root).glob("*/__init__.py")):
            package = init.parent
            names = {
                name
                for file in package.rglob("*.py")
                for name in imported(file)
                if name != package.name
            }
            lines.append(
                f"| `{root}/{package.name}` | {first_line(package)} | {', '.join(sorted(names))} |"
            )
    return "\n".join(lines) + "\n"


def fresh_tables(folder: Path) -> set[str]:
    """The tables of a store that was just made, without those that SQLite makes for itself."""
    path = folder / "fresh.hpm"
    open_memory(path, create=True).close()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {name for (name,) in rows if not OF_SQLITE.fullmatch(name)}


def tables_map() -> str:
    """A line for each purpose that tables have."""
    lines = ["| table | what it is for |", "|---|---|"]
    for purpose, tables in groupby(TABLE_PURPOSES.items(), key=lambda item: item[1]):
        lines.append(f"| {', '.join(f'`{name}`' for name, _ in tables)} | {purpose} |")
    return "\n".join(lines) + "\n"


def decisions_in(page: Path) -> list[tuple[str, str]]:
    """Title and text of each decision on a page."""
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return [(part.split("\n")[0], part.partition("\n")[2]) for part in parts]


def decision_pages() -> list[Path]:
    return sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")


def decisions_index() -> str:
    lines = [
        "# Decisions",
        "",
        "What was decided, when, why, and what would change it: a page for each topic. A new one",
        "goes to the page of its topic with a title, the month, the reason, and `To change: …`.",
        "",
        f"Written by a test: `{UPDATE.removeprefix('run ')}`.",
        "",
    ]
    for page in decision_pages():
        heading, _, about = page.read_text(encoding="utf-8").split("\n")[:3]
        lines += [f"## [{heading.removeprefix('# ')}]({page.name})", "", about, ""]
        lines += [*(f"- {title}" for title, _ in decisions_in(page)), ""]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("page", "name", "make"),
    [(ARCHITECTURE, "packages", packages_map), (TABLES, "tables", tables_map)],
)
def test_the_map_is_that_of_the_code(page: Path, name: str, make: Callable[[], str]) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, after = section(text, name)
    if updates():
        page.write_text(before + make() + after, encoding="utf-8")
    _, inside, _ = section(page.read_text(encoding="utf-8"), name)
    assert inside == make(), UPDATE


def stub() -> str:
    """What the type checker reads of the engine's exports."""
    lines = [
        f"from hpm_engine.{module} import {source} as {exported}"
        for exported, (module, source) in sorted(SOURCES.items(), key=lambda item: item[1])
    ]
    names = ", ".join(f'"{name}"' for name in sorted(SOURCES))
    return "\n".join(
        [f"# {UPDATE.removeprefix('run ')} writes this.", *lines, f"__all__ = [{names}]", ""]
    )


def test_the_type_checker_reads_what_the_engine_exports() -> None:
    page = ROOT / "hpm_engine" / "__init__.pyi"
    if updates():
        page.write_text(stub(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == stub(), UPDATE
    assert len(SOURCES) > 200
    for exported, (module, source) in SOURCES.items():
        assert getattr(hpm_engine, exported) is getattr(
            import_module(f"hpm_engine.{module}"), source
        )


def test_every_package_says_what_belongs_in_it() -> None:
    silent = [
        str(init.relative_to(ROOT))
        for root in ROOTS
        for init in (ROOT / root).rglob("__init__.py")
        if not first_line(init.parent).endswith(".")
    ]
    assert not silent


def test_tests_import_nothing_of_each_other() -> None:
    """What they share is in ``tests/support``, which knows no test."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    imports = [(file, module) for file in files for module in imported_of_tests(file)]
    assert len(imports) > 200
    assert not [
        f"{file.relative_to(ROOT)} imports {module}"
        for file, module in imports
        if not module.startswith("tests.support.")
    ]


@pytest.mark.parametrize(("tests", "package"), [("engine", "hpm_engine"), ("app", "app")])
def test_tests_mirror_the_tree(tests: str, package: str) -> None:
    """A folder of tests has the name of the folder that it tests."""
    files = list((ROOT / "tests" / tests).rglob("test_*.py"))
    folders = {file.parent.relative_to(ROOT / "tests" / tests) for file in files}
    assert len(folders) > 5
    assert not [str(folder) for folder in folders if not (ROOT / package / folder).is_dir()]


def test_no_two_classes_of_the_engine_have_one_name() -> None:
    files: dict[str, list[str]] = {}
    for file in sorted((ROOT / "hpm_engine").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                files.setdefault(node.name, []).append(str(file.relative_to(ROOT)))
    assert len(files) > 500
    assert not {name: where for name, where in files.items() if len(where) > 1}


def test_every_table_of_a_fresh_store_has_a_purpose(tmp_path: Path) -> None:
    assert set(TABLE_PURPOSES) == fresh_tables(tmp_path)


def test_the_architecture_is_short() -> None:
    assert len(ARCHITECTURE.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_decision_says_when_why_and_what_would_change_it() -> None:
    for page in decision_pages():
        assert decisions_in(page), page.name
        for title, text in decisions_in(page):
            why, _, change = text.strip().rpartition("\n\n")
            assert re.match(r"20\d\d-\d\d\b", why) and len(why) > 40, (page.name, title)
            assert re.fullmatch(r"To change: .+\.", change), (page.name, title)


def test_no_decision_stands_twice() -> None:
    titles = [title for page in decision_pages() for title, _ in decisions_in(page)]
    assert len(titles) == len(set(titles)) >= 92


def test_the_index_lists_every_decision() -> None:
    file = DECISIONS / "README.md"
    if updates():
        file.write_text(decisions_index(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == decisions_index(), UPDATE


@pytest.mark.parametrize(
    "paper",
    [paper for paper in (*PAPERS, *decision_pages()) if paper.exists()],
    ids=lambda paper: paper.name,
)
def test_files_that_the_papers_name_exist(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    missing = [link for link in links if not (paper.parent / link).exists()]
    for code in CODE.findall(text):
        for name in FILE.findall(code):
            if name not in STRANGERS and not (ROOT / name).exists():
                missing.append(name)
    assert not missing


def test_the_changelog_has_each_heading_and_each_change_once() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    entries = [
        line.split(":** ")[0].split("**: ")[0]
        for line in lines
        if line.startswith(("# ", "## ", "- "))
    ]
    assert len(entries) == len(set(entries))
