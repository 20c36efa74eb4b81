"""What the manual's pages name in italics or bold is in the window."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from app.kit.actions import Menu
from app.kit.view_names import ViewName
from app.prototypes.actions import MAP_KEYS
from app.shell.action_table import ACTIONS
from app.shell.operations import EPISODE_KEYS
from hpm_engine.cli.root import COMMANDS
from tests.support.visible_strings import APP

MANUAL = APP.parent / "resources" / "manual"
_WRITTEN = ("actions", "commands", "preferences", "query")  # by tests, of the program itself
PAGES = [path for path in sorted(MANUAL.glob("*.md")) if path.stem not in _WRITTEN]
_NAMED = re.compile(r"(?<![*\w])(\*{1,2})([A-Z][^*]{1,60})\1(?!\*)")
_KEY = re.compile(r"`((?:(?:Ctrl|Shift|Alt)\+)+[\w+,-]+|F\d{1,2})`")
# Words that a page stresses, and examples: nothing of the window is meant.
_STRESSED = {
    *("Not better", "Rows are sentences.", "Take in what is there.", "Read.", "Find.", "Ask."),
    *("Time and project.", "Filters.", "Elastic weight consolidation"),
    *("No text of a trace stands in it", "Sort the shelf", "Tag “review” put on 560 episodes"),
}
# Texts that have a number in the program.
_COUNTED = {"Try 50 first": "Try {} first", "All of them": "All of them: {}"}


def visible() -> set[str]:
    """The texts of the program, of those with values the parts between them as ``{}``."""
    texts = {view.value.capitalize() for view in ViewName}
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(plain(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
                texts.add(plain("".join(map(str, parts))))
    return texts


def plain(text: str) -> str:
    return text.replace("&", "").rstrip("…").strip()


def names(page: Path) -> Iterator[str]:
    for _, named in _NAMED.findall(page.read_text("utf-8")):
        name = " ".join(named.split())
        if name not in _STRESSED and len(name) > 1:
            yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_in_the_window(page: Path) -> None:
    texts = visible()
    menus = {plain(menu.value): menu for menu in Menu}
    absent = []
    for name in names(page):
        menu, arrow, command = name.partition(" → ")
        if arrow and menu in menus:
            listed = {plain(action.text) for action in ACTIONS if action.menu is menus[menu]}
            if plain(command) not in listed:
                absent.append(name)
        elif plain(_COUNTED.get(name, name)) not in texts:
            absent.append(name)
    assert not absent, f"{page.name} names what is not in the window"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_keys_of_a_page_are_keys_of_the_window(page: Path, qapp: object) -> None:
    form = QKeySequence.SequenceFormat.PortableText
    keys = {
        QKeySequence(key).toString(form).casefold()
        for action in ACTIONS
        for key in action.shortcuts
    }
    own = {word.casefold() for keys_, _ in (*EPISODE_KEYS, *MAP_KEYS) for word in keys_.split(", ")}
    others = {"ctrl+enter", "shift+f10", "ctrl+c"}  # of text fields, rows and terminals
    absent = {
        key
        for key in _KEY.findall(page.read_text("utf-8"))
        if key.casefold() not in keys | own | others
    }
    assert not absent, f"{page.name} names keys that nothing listens to"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_a_page_are_commands(page: Path) -> None:
    assert set(re.findall(r"`hpm ([a-z]+(?:-[a-z]+)*)", page.read_text("utf-8"))) <= set(COMMANDS)
