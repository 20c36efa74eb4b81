from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence

from app.kit.actions import Action, Command, Menu, Needs, enabled
from app.kit.icons import Icon, glyph
from app.kit.view_names import ViewName
from app.shell.action_table import ACTIONS
from app.shell.dialogs.palette import score


def keys(action: Action) -> list[str]:
    return [QKeySequence(key).toString() for key in action.shortcuts]


def test_every_command_has_one_action() -> None:
    commands = [*Command, *(f"go.{name}" for name in ViewName)]
    assert sorted(action.id for action in ACTIONS) == sorted(commands)


def test_no_two_actions_share_a_shortcut(qapp: object) -> None:
    used = [key for action in ACTIONS for key in keys(action)]
    assert len(used) == len(set(used)), sorted(used)
    assert all(used)


def test_every_tip_is_a_sentence() -> None:
    for action in ACTIONS:
        assert action.tip[0].isupper() and action.tip.endswith("."), action.tip


def test_every_menu_has_actions_with_mnemonics_of_their_own() -> None:
    for menu in Menu:
        texts = [action.text for action in ACTIONS if action.menu is menu]
        assert texts
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(letters) == len(set(letters)), (menu, letters)


@pytest.mark.parametrize("which", list(Icon))
def test_every_icon_is_in_the_font(qapp: object, which: Icon) -> None:
    shape = glyph(which).boundingRect()
    assert 0 <= shape.left() < shape.right() <= 1.001
    assert 0 <= shape.top() < shape.bottom() <= 1.001


def test_an_action_runs_only_when_all_it_needs_is_there() -> None:
    copy = next(action for action in ACTIONS if action.id is Command.COPY_LINK)
    assert not enabled(copy, Needs.NOTHING)
    assert not enabled(copy, Needs.STORE)
    assert enabled(copy, Needs.STORE | Needs.SELECTION)


@pytest.mark.parametrize(
    ("query", "best", "worse"),
    [
        ("im", "File: Import Files…", "View: Normal Text"),
        ("cp", "Go: Command Palette…", "Edit: Pin or Unpin"),
        ("redo", "Edit: Redo", "View: Light or Dark"),
    ],
)
def test_the_palette_prefers_beginnings_of_words(query: str, best: str, worse: str) -> None:
    first, second = score(query, best), score(query, worse)
    assert first is not None
    assert second is None or first > second


def test_the_palette_leaves_out_what_does_not_fit() -> None:
    assert score("xyz", "File: Quit") is None
    assert score("", "File: Quit") is not None
