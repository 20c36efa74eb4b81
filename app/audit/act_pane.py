"""The chosen act: its sentence with links to what it is about, and its exact row."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.kit.controls.details import Details
from app.kit.controls.fact_list import LinkLabel
from app.kit.formatting import counted, exact_time, number
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, LARGE, MEDIUM
from app.kit.theme.type_scale import TextRole, fixed_font
from hpm_engine import AuditAct, AuditRow, Link, LinkKind, visible

_LONGEST = 20_000  # characters of a detail that is laid out
_LEADS_TO = {
    LinkKind.EPISODE: "Open the episode",
    LinkKind.PROTOTYPE: "Show the topic",
    LinkKind.CYCLE: "Show consolidation",
    LinkKind.RECALL: "Show the recall",
    LinkKind.SEARCH: "Run the search",
}
_EMPTY = "Choose a row to read what was done. Enter goes to what it is about."


class ActPane(QWidget):
    """What was done in full, links, and under *Details* the row as it was hashed."""

    def __init__(
        self,
        go: Callable[[Link], None],
        go_to_row: Callable[[int], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._go, self._go_to_row = go, go_to_row
        self._act: AuditAct | None = None
        self.sentence = SafeLabel(role=TextRole.HEADING, wrap=True)
        self._facts = SafeLabel(_EMPTY, tone=Colour.MUTED, wrap=True)
        self._links = QHBoxLayout()
        self._links.setSpacing(LARGE)
        self.exact = QPlainTextEdit()
        self.exact.setReadOnly(True)
        self.exact.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.exact.setFont(QFont(fixed_font()))
        self.exact.setAccessibleName("The chosen row of the log, as it was hashed")
        self.details = Details("Exact row", self.exact, "exact row of the log")
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        column.setSpacing(HAIR)
        column.addWidget(self.sentence)
        column.addWidget(self._facts)
        column.addLayout(self._links)
        column.addWidget(self.details, 1)
        column.addStretch(0)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No act is chosen."""
        self._act = None
        self.sentence.hide()
        self.details.hide()
        self._facts.setText(_EMPTY)
        self._show_links(())

    def show_act(self, act: AuditAct) -> None:
        """Show an act; its exact row comes later."""
        if act == self._act:
            return
        self._act = act
        self.sentence.setText(act.text)
        self.sentence.show()
        self._facts.setText(_facts(act))
        links: list[tuple[str, Callable[[], None]]] = []
        seen: set[Link] = set()
        for link in (piece.link for piece in act.sentence):
            if link is not None and link not in seen:
                seen.add(link)
                links.append((_LEADS_TO[link.kind], partial(self._go, link)))
        span = act.span
        if span.undoes:
            links.append(("Show what it takes back", lambda: self._go_to_row(span.undoes)))
        if span.undone_by:
            links.append(("Show what took it back", lambda: self._go_to_row(span.undone_by)))
        self._show_links(links)
        self.exact.clear()
        self.details.set_title("Exact row" if span.rows == 1 else "Exact row (the last of them)")
        self.details.show()

    def show_row(self, row: AuditRow) -> None:
        """Show the exact row of the act."""
        self.exact.setPlainText(visible(_described(row), lines=True))

    def show_error(self, error: Exception) -> None:
        """Say in place of the exact row why it cannot be read."""
        self.exact.setPlainText(f"✗ The row could not be read: {visible(str(error), lines=True)}")

    def _show_links(self, links: Sequence[tuple[str, Callable[[], None]]]) -> None:
        while (item := self._links.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, go in links:
            self._links.addWidget(LinkLabel(text, go))
        self._links.addStretch(1)


def _facts(act: AuditAct) -> str:
    span = act.span
    rows = (
        f"row {number(span.last)}"
        if span.rows == 1
        else f"{counted(span.rows, 'row')}, {number(span.first)} to {number(span.last)}"
    )
    return f"By {one_line(act.actor, 80)} · {exact_time(act.at)} · {rows}"


def _described(row: AuditRow) -> str:
    facts = (
        ("row", number(row.seq)),
        ("when", exact_time(row.at)),
        ("who", row.actor),
        ("action", row.action),
        ("subject", row.subject),
        ("before", row.before or "nothing"),
        ("after", row.after or "nothing"),
        ("previous", row.previous),
        ("hash", row.hash),
        ("detail", _laid_out(row.detail)),
    )
    return "\n".join(f"{name:<9}{value}" for name, value in facts)


def _laid_out(detail: str) -> str:
    if len(detail) > _LONGEST:
        return detail[:_LONGEST] + " …"
    try:
        text = json.dumps(json.loads(detail), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return detail
    return text.replace("\n", "\n         ")
