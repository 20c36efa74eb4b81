from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QPalette

from app.kit.theme.colour import Colour
from app.kit.theme.contrast import GROUNDS, LEAST, LEAST_OF_CONTROLS, TEXTS, contrast
from app.kit.theme.theme import _palette

SCHEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1)


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS, ids=lambda colour: colour.name)
def test_every_text_is_read_on_every_ground(ground: Colour, dark: bool) -> None:
    below = ground.in_scheme(dark)
    faint = {
        text.name: round(contrast(text.in_scheme(dark), below), 2)
        for text in TEXTS
        if contrast(text.in_scheme(dark), below) < LEAST
    }
    assert not faint


@SCHEMES
def test_selected_text_is_read(dark: bool) -> None:
    assert contrast("#ffffff", Colour.SELECTED.in_scheme(dark)) >= LEAST


@SCHEMES
@pytest.mark.parametrize("mark", [Colour.EDGE, Colour.ACCENT], ids=lambda colour: colour.name)
def test_borders_of_controls_and_focus_are_seen(mark: Colour, dark: bool) -> None:
    for ground in (Colour.WINDOW, Colour.SURFACE):
        assert contrast(mark.in_scheme(dark), ground.in_scheme(dark)) >= LEAST_OF_CONTROLS


@SCHEMES
def test_what_the_palette_writes_is_read_where_it_is_written(dark: bool) -> None:
    palette = _palette(dark)
    roles, groups = QPalette.ColorRole, QPalette.ColorGroup
    written = itertools.product(
        (groups.Active, groups.Inactive, groups.Disabled),
        (
            (roles.WindowText, roles.Window),
            (roles.Text, roles.Base),
            (roles.Text, roles.AlternateBase),
            (roles.ButtonText, roles.Button),
            (roles.PlaceholderText, roles.Base),
            (roles.Link, roles.Base),
            (roles.ToolTipText, roles.ToolTipBase),
            (roles.HighlightedText, roles.Highlight),
        ),
    )
    for group, (text, ground) in written:
        names = (palette.color(group, role).name() for role in (text, ground))
        assert contrast(*names) >= LEAST, (group, text, ground)


def test_a_selected_row_differs_where_the_keyboard_is() -> None:
    palette = _palette(False)
    colours = {
        palette.color(group, QPalette.ColorRole.Highlight).name()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive)
    }
    assert len(colours) == 2
