"""The manual's page on prototypes tells of the program as it is."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QKeySequence

from app.prototypes.actions import PROTOTYPE_ACTIONS
from app.shell.action_table import ACTIONS
from hpm_engine.cli.tiers.prototypes import command
from hpm_engine.config import MAP_LAID_OUT, MAP_SHOWN, MAP_UNCHANGED, PIN_STRENGTH

MANUAL = Path(__file__).parents[3] / "resources" / "manual"
PAGE = (MANUAL / "prototypes.md").read_text("utf-8")


def test_its_numbers_are_the_programs() -> None:
    assert f"less than {MAP_UNCHANGED.value} in cosine distance" in PAGE
    assert (
        f"Up to {MAP_LAID_OUT.value:,} memories are laid out and up to {MAP_SHOWN.value:,} shown"
        in " ".join(PAGE.split())
    )
    assert PIN_STRENGTH.value == 10 and "kept ten times as firmly" in PAGE


def test_its_keys_and_commands_are_there(qapp: object) -> None:
    keys = {
        QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
        for action in ACTIONS
        for key in action.shortcuts
    }
    table = PAGE.partition("## What you can do")[2]
    listed = set(re.findall(r"`((?:Ctrl\+|F)[\w+]+)`", table))
    assert listed <= keys
    ours = {str(key) for action in PROTOTYPE_ACTIONS for key in action.shortcuts}
    assert ours <= listed
    options = {name for parameter in command.params for name in parameter.opts}
    written = set(re.findall(r"hpm prototypes my\.hpm [^`]*?(--\w+)", PAGE))
    assert written == {"--pin", "--rename", "--merge", "--forget"} and written <= options


def test_its_pictures_are_there() -> None:
    for name in re.findall(r"\]\(([^)]+\.png)\)", PAGE):
        assert (MANUAL / name).exists(), name
