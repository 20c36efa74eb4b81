"""The manual's pages are what the program says of itself."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QKeySequence

from app.kit.actions import Menu
from app.prototypes.actions import MAP_KEYS
from app.shell.action_table import ACTIONS
from app.shell.operations import EPISODE_KEYS
from app.shell.preferences import Preferences

MANUAL = Path(__file__).parents[3] / "resources" / "manual"
REMAKE = "HPM_UPDATE_DOCS=1 pytest tests/app/shell/test_manual.py"


def keys(shortcuts: tuple[QKeySequence.StandardKey | str, ...]) -> str:
    form = QKeySequence.SequenceFormat.PortableText
    sequences = [QKeySequence(shortcut).toString(form) for shortcut in shortcuts]
    return ", ".join(f"`{sequence}`" for sequence in sequences if sequence)


def actions_page() -> str:
    lines = ["# Commands of the window", "", f"Written by a test: `{REMAKE}`.", ""]
    for menu in Menu:
        lines += [f"## {menu.value.replace('&', '')}", ""]
        lines += ["| command | keys | what it does |", "|---|---|---|"]
        for action in ACTIONS:
            if action.menu is menu:
                text = action.text.replace("&", "")
                lines.append(f"| {text} | {keys(action.shortcuts)} | {action.tip} |")
        lines.append("")
    for title, own in (("In an episode", EPISODE_KEYS), ("On the map of topics", MAP_KEYS)):
        lines += [f"## {title}", "", "| keys | what they do |", "|---|---|"]
        lines += [*(f"| `{key}` | {text} |" for key, text in own), ""]
    return "\n".join(lines)


def preferences_page() -> str:
    lines = ["# Preferences", "", f"Written by a test: `{REMAKE}`.", ""]
    lines += ["| preference | in the file | default | what it means |", "|---|---|---|---|"]
    for field in msgspec.inspect.type_info(Preferences).fields:  # type: ignore[union-attr]
        if not isinstance(field.type, msgspec.inspect.Metadata):
            continue
        schema = field.type.extra_json_schema or {}
        default = msgspec.json.encode(field.default).decode()
        row = (schema["title"], f"`{field.name}`", f"`{default}`", schema["description"])
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "make"), [("actions", actions_page), ("preferences", preferences_page)]
)
def test_the_page_is_what_the_program_says(name: str, make: object, qapp: object) -> None:
    page = make()  # type: ignore[operator]
    file = MANUAL / f"{name}.md"
    if os.environ.get("HPM_UPDATE_DOCS"):
        file.write_text(page, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page


def test_the_readme_leads_to_every_page() -> None:
    readme = (MANUAL.parents[1] / "README.md").read_text(encoding="utf-8")
    for page in sorted(MANUAL.glob("*.md")):
        assert f"resources/manual/{page.name}" in readme
