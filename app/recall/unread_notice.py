"""The line that says what could not be read, and reads it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.kit.controls.notice_line import NoticeLine
from app.kit.theme.colour import Colour


class UnreadNotice(NoticeLine):
    """A notice from the failure of a read until one succeeds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What could not be read", parent)

    def of(self, what: str, again: Callable[[], None]) -> Callable[[Exception], None]:
        """What to do with an error: tell it of ``what``, and offer to read that ``again``."""

        def tell(error: Exception) -> None:
            text = f"✗ {what} could not be read: {error}"
            self.say(text, "Try again", again, Colour.BAD)

        return tell

    def until(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        """What to do with an answer: hide, and hand it on to ``then``."""

        def answered(answer: Any) -> None:
            self.hide()
            then(answer)

        return answered
