"""What can be done with any figure of the overview."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QGuiApplication

from app.kit.command_menu import entry

_NONE = "No episode stands behind this figure."


def figure_entries(said: str, go: Callable[[], object] | None) -> list[QAction | None]:
    """The entries for a figure, which is ``said`` in words; ``go`` shows its episodes."""
    return [
        entry("Show the Episodes", go or (lambda: None), refusal="" if go else _NONE),
        entry("Copy the Figure", partial(copy_text, said)),
    ]


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
