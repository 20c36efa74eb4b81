from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.kit.theme.theme import Scheme, Theme


@pytest.fixture
def bare(qapp: QApplication) -> Iterator[QApplication]:
    """The application without the sheet that other tests left."""
    before = qapp.styleSheet()
    qapp.setStyleSheet("")
    yield qapp
    qapp.setStyleSheet(before)


def test_the_sheet_waits_for_the_first_window_and_is_of_the_scheme_then(bare: QApplication) -> None:
    theme = Theme(bare, dressed=False)
    theme.apply(Scheme.DARK, 100)
    assert bare.styleSheet() == ""
    theme.dress()
    dark = bare.styleSheet()
    assert "QPushButton" in dark
    theme.apply(Scheme.LIGHT, 100)
    assert bare.styleSheet() not in ("", dark)
