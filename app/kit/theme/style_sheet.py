"""The style of controls."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView

_HEADER_STYLE = """
QHeaderView::section {
  padding: 3px 7px; border: none; border-right: 1px solid palette(midlight);
  border-bottom: 1px solid palette(mid); background: palette(button);
  color: palette(button-text);
}
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }
"""


def style_header(header: QHeaderView) -> None:
    """Give a table header flat sections with room, and leave the arrow to its text."""
    header.setStyleSheet(_HEADER_STYLE)
