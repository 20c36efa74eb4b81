"""What compressing would move, before it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import counted, number, size
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.masks.budget_ladder import Wanted
from app.masks.jobs import Outlook
from hpm_engine import BudgetKind


class CompressDialog(Dialog):
    """A question that names what goes where; Compress begins a job that can be stopped."""

    def __init__(
        self, outlook: Outlook, wanted: Wanted, begin: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compress episodes")
        self.resize(640, 440)
        self.text = SafeLabel(_describe(outlook, wanted), wrap=True)
        promise = SafeLabel(
            "The full texts stay in the store beside what is kept, so that Restore Full Text takes"
            " this back (until automatic compression deletes them, if it is set to)."
            " Each episode leaves a row in the audit log. It can be stopped at any time; what was"
            " compressed by then stays.",
            wrap=True,
            tone=Colour.MUTED,
        )
        self.buttons = DialogButtons()
        self.start = self.buttons.put("Compress", DialogButtons.ButtonRole.AcceptRole)
        self.start.setEnabled(bool(outlook.ids))
        self.start.setDefault(True)
        self.buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(begin)
        layout = self.content
        layout.addWidget(self.text)
        layout.addWidget(_largest(outlook), 1)
        layout.addWidget(promise)
        self.set_buttons(self.buttons)


def _describe(outlook: Outlook, wanted: Wanted) -> str:
    if not outlook.ids:
        return (
            "Nothing to compress."
            f" {counted(outlook.pinned, 'pinned episode')} keep{'s' * (outlook.pinned == 1)} the"
            " full text."
        )
    most = outlook.at_most(wanted.budget)
    into = f"at most {size(most)}" if most is not None else f"1/{wanted.ratio:g}"
    of = "text, packed" if wanted.kind is BudgetKind.DEEP else "text"
    lines = [
        f"{counted(len(outlook.ids), 'episode')} with {counted(outlook.steps, 'step')}:"
        f" of {size(outlook.text_size)} of text {into} is kept (1/{wanted.ratio:g} of the {of})."
    ]
    if outlook.compressed:
        lines.append(f"Compressed already, and then anew: {number(outlook.compressed)}.")
    if outlook.pinned:
        lines.append(f"Left out because they are pinned: {number(outlook.pinned)}.")
    return "\n".join(lines)


def _largest(outlook: Outlook) -> QTableWidget:
    table = QTableWidget(len(outlook.largest), 3)
    table.setHorizontalHeaderLabels(["Title (largest first)", "Steps", "Text"])
    table.setAccessibleName("The largest episodes that would be compressed")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setWordWrap(False)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row, (name, steps, text_size) in enumerate(outlook.largest):
        table.setItem(row, 0, QTableWidgetItem(one_line(name, 200)))
        for column, text in ((1, number(steps)), (2, size(text_size))):
            item = QTableWidgetItem(text)
            item.setTextAlignment(right)
            table.setItem(row, column, item)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
