"""A command of the window itself, which it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.kit.actions import Action

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAction(Action):
    """A command of the window itself."""

    run: Callable[[MainWindow], None]
