from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.episodes.conversation.card_header import CardHeader, HeaderFacts
from app.episodes.conversation.card_style import CardStyle
from hpm_engine import StepFlag, StepOutline, StepSource

AT = 1_700_000_000_000_000


class _Noted(CardHeader):
    """Notes what is written into the first line, from where to where."""

    written: dict[str, tuple[int, int]]

    def write(
        self,
        painter: QPainter,
        x: int,
        y: int,
        text: str,
        colour: QColor,
        font: QFont | None = None,
    ) -> int:
        end = super().write(painter, x, y, text, colour, font)
        assert end == x + QFontMetrics(font or self._style.body).horizontalAdvance(text)
        if text:
            self.written[text] = (x, end)
        return end


def header(width: int, tool: str) -> dict[str, tuple[int, int]]:
    font = QApplication.font()
    font.setPointSizeF(9)  # whatever text size another test left
    style = CardStyle(font)
    outline = StepOutline(20, StepSource.AGENT, StepFlag(0), AT, tool, 0)
    shown = _Noted(outline, HeaderFacts(2_500_000, None, "gemini", 996), style, width)
    shown.written = {}
    image = QImage(width, 60, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    shown.paint(painter, 0, hit=False, beside=())
    painter.end()
    return shown.written


@pytest.mark.parametrize("tool", ["bash", "str_replace_based_edit_tool", ""])
@pytest.mark.parametrize("width", [150, 185, 220, 300, 420, 700, 1200])
@pytest.mark.usefixtures("qapp")
def test_nothing_in_the_first_line_is_written_over_something_else(width: int, tool: str) -> None:
    places = sorted(header(width, tool).values())
    assert all(end < start for (_, end), (start, _) in pairwise(places))
    assert places[-1][1] <= width


@pytest.mark.usefixtures("qapp")
def test_the_time_yields_to_the_tool_and_the_tool_to_its_card() -> None:
    assert "996 tokens" in "".join(header(900, "bash"))
    narrow = header(195, "str_replace_based_edit_tool")
    assert ":" not in "".join(narrow), "no time"
    assert any(text.startswith("str_rep") and text.endswith("…") for text in narrow)
    assert "str_replace_based_edit_tool" in header(900, "str_replace_based_edit_tool")
