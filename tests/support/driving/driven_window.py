"""The real program in a process of its own, which also says where things are and when they show.

It is told what to look for by lines of JSON on its input and answers by lines on its output. It
never acts: the mouse and the keys are those of the display.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QSocketNotifier,
    Qt,
    QTimer,
)
from PySide6.QtGui import QGuiApplication, QInputEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QWidget,
)

from app.episodes.conversation.step_timeline import StepTimeline
from app.kit.controls.job_chip import JobChip
from app.kit.plain_text import SafeLabel
from app.shell.application import Program
from hpm_engine import config_folder

_EVERY_MS = 5
_MOST_ROWS = 40
_CARD = 60  # pixels of a card that are clicked on
_INPUT = (
    QEvent.Type.ShortcutOverride,  # all that there is of a key that is a command's
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,  # its release is the same act
)


def _plain(text: str) -> str:
    return text.replace("&", "")


def _text(widget: QWidget) -> str:
    """What a widget says to whoever looks at it, or listens to it."""
    if isinstance(widget, SafeLabel):
        return widget.whole_text()
    if isinstance(widget, QLabel | QAbstractButton) and widget.text():
        return _plain(widget.text())
    return widget.accessibleName()


def _roots() -> list[QWidget]:
    """What takes clicks now: the open menu, else the dialog on top, else the window."""
    top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    return [top] if top else [w for w in QApplication.topLevelWidgets() if w.isVisible()]


def _in_sight(root: QWidget) -> list[QWidget]:
    widgets = [root, *root.findChildren(QWidget)]
    return [w for w in widgets if w.isVisible() and not _surface(w).visibleRegion().isEmpty()]


def _surface(widget: QWidget) -> QWidget:
    """What of a widget is seen: a list may be covered by its own viewport."""
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


def _said() -> list[str]:
    """All that is written in the windows in sight, and the columns of the rows in sight."""
    texts = [w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible()]
    for root in QApplication.topLevelWidgets():
        if root.isVisible():
            for widget in _in_sight(root):
                texts.append(_text(widget))
                if isinstance(widget, QMenu):
                    texts += [_plain(action.text()) for action in widget.actions()]
                if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
                    texts += _rows(widget)
    return texts


def _columns(model: QAbstractItemModel) -> int:
    try:
        return model.columnCount(QModelIndex())
    except TypeError:  # a list, which has one and keeps that private
        return 1


def _rows(view: QAbstractItemView) -> list[str]:
    """The rows of a list that are in sight, their cells between bars."""
    model = view.model()
    if model is None:
        return []
    first = view.indexAt(QPoint(2, 2))
    rows = []
    begin, columns = max(0, first.row()), _columns(model)
    for row in range(begin, min(begin + _MOST_ROWS, model.rowCount(QModelIndex()))):
        cells = (model.index(row, column).data() for column in range(columns))
        rows.append(" | ".join(str(cell) for cell in cells if cell is not None))
    return rows


def _is_first(text: str) -> bool:
    """Whether a list in sight begins with a row that has a text."""
    views = [v for w in _roots() for v in w.findChildren(QAbstractItemView) if v.isVisible()]
    return any(text in rows[0] for view in views if (rows := _rows(view)))


def _is_grey(text: str) -> bool:
    """Whether a button in sight cannot be pressed now."""
    buttons = [b for w in _roots() for b in w.findChildren(QAbstractButton) if b.isVisible()]
    return any(_text(button) == text and not button.isEnabled() for button in buttons)


class DrivenWindow(QObject):
    """Answers questions about the program's window, and watches for what an act brings."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program
        self._buffer = b""
        self._answer: dict[str, str] = {}
        self._result: dict[str, str] = {}
        self._input_at: float | None = None
        self._painted: set[str] = set()
        self._seen: dict[str, float | None] = {}
        self._timer = QTimer(self, interval=_EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._lines.activated.connect(self._read)
        program.qt.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note when the server made the last input, and what was painted since."""
        kind = event.type()
        if kind == QEvent.Type.Paint:
            if self._timer.isActive() and isinstance(_watched, QWidget):
                self._painted.add(type(_watched.parent()).__name__)
                self._painted.add(type(_watched).__name__)
        elif kind in _INPUT and isinstance(event, QInputEvent) and self._timer.isActive():
            stamp = float(event.timestamp())
            if stamp and (self._input_at is None or stamp > self._input_at):
                self._input_at = stamp
                self._painted.clear()
                self._seen = {}
        return False

    def _look(self) -> None:
        if self._input_at is None or not (self._painted or "copied" in self._answer):
            return
        now = time.monotonic() * 1000
        for name, wanted in (("answer", self._answer), ("result", self._result)):
            if self._seen.get(name) is None and self._holds(wanted):
                self._seen[name] = now - self._input_at
        if self._seen.get("progress") is None and _progress():
            self._seen["progress"] = now - self._input_at
        if self._seen.get("answer") is not None and self._seen.get("result") is not None:
            self._timer.stop()

    def _holds(self, wanted: dict[str, str]) -> bool:
        for kind, value in wanted.items():
            if kind == "painted" and value not in self._painted:
                return False
            if kind == "says" and not any(value in text for text in _said()):
                return False
            if kind == "first" and not _is_first(value):
                return False
            if kind == "grey" and not _is_grey(value):
                return False
            if kind == "gone" and any(value in text for text in _said()):
                return False
            if kind == "copied" and value not in QGuiApplication.clipboard().text():
                return False
            if kind == "file" and not Path(value).exists():
                return False
            if kind == "focus":
                focus = QApplication.focusWidget()
                if focus is None or value not in (focus.accessibleName(), type(focus).__name__):
                    return False
        return True

    # -- questions -------------------------------------------------------------------------

    def _read(self) -> None:
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            self._lines.setEnabled(False)
            self._program.qt.exit(0)
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            try:
                reply = self._reply(json.loads(line))
            except Exception as error:  # said to whoever waits, who would wait for ever
                reply = {"failed": f"{type(error).__name__}: {error}"}
            os.write(sys.stdout.fileno(), json.dumps(reply).encode() + b"\n")

    def _reply(self, asked: dict[str, Any]) -> Any:
        match asked.pop("ask"):
            case "where":
                return self._where(**asked)
            case "says":
                return _said()
            case "holds":
                return self._holds(asked)
            case "copied":
                return QGuiApplication.clipboard().text()
            case "top":
                top = QApplication.activeModalWidget() or self._program.window
                return {"id": int(top.winId()), "popup": bool(QApplication.activePopupWidget())}
            case "watch":
                self._answer, self._result = asked["answer"], asked["result"]
                self._painted, self._seen, self._input_at = set(), {}, None
                already = "painted" not in self._answer and self._holds(self._answer)
                self._timer.start()
                return {"already": already}
            case "seen":
                return self._seen
            case "picture":
                return self._program.window.grab().save(asked["file"])

    def _where(
        self,
        button: str = "",
        label: str = "",
        row: int | str | None = None,
        within: str = "",
        entry: str = "",
        header: str = "",
        step: int | None = None,
    ) -> list[int] | None:
        """The rectangle on the screen of a button, a row, a menu's entry, a header or a widget."""
        for root in _roots():
            for widget in _in_sight(root):
                area = None
                if entry and isinstance(widget, QMenu):
                    area = _entry(widget, entry)
                elif button and isinstance(widget, QAbstractButton) and widget.isEnabled():
                    area = widget.rect() if _text(widget).startswith(button) else None
                elif label and isinstance(widget, QLabel) and _text(widget).startswith(label):
                    area = widget.rect()
                elif step is not None and isinstance(widget, StepTimeline):
                    area, widget = _card(widget, step), widget.viewport()
                elif within and within in (widget.accessibleName(), type(widget).__name__):
                    area = widget.rect()
                    if row is not None and isinstance(widget, QAbstractItemView):
                        area, widget = _row(widget, row), widget.viewport()
                    elif header and isinstance(widget, QHeaderView):
                        area, widget = _section(widget, header), widget.viewport()
                if area is not None:
                    corner = widget.mapToGlobal(area.topLeft())
                    return [corner.x(), corner.y(), area.width(), area.height()]
        return None


def _entry(menu: QMenu, text: str) -> QRect | None:
    for action in menu.actions():
        if _plain(action.text()).startswith(text):
            return menu.actionGeometry(action)
    return None


def _row(view: QAbstractItemView, row: int | str) -> QRect | None:
    """A row across the whole list: columns may be hidden."""
    model, inside = view.model(), view.viewport().rect()
    for number in range(model.rowCount(QModelIndex())):
        if number != row and not (
            isinstance(row, str) and row in str(model.index(number, 0).data())
        ):
            continue
        cells = [view.visualRect(model.index(number, column)) for column in range(_columns(model))]
        area = max(cells, key=lambda cell: cell.height()).intersected(inside)
        return area if area.height() > 0 else None
    return None


def _card(timeline: StepTimeline, step: int) -> QRect | None:
    """The first lines of a step that is in sight."""
    if (column := timeline.column) is None or step >= len(column):
        return None
    top = column.heights.top(step) - timeline.verticalScrollBar().value()
    area = QRect(0, top, timeline.viewport().width(), _CARD)
    return area if timeline.viewport().rect().contains(area) else None


def _section(header: QHeaderView, title: str) -> QRect | None:
    model, across = header.model(), Qt.Orientation.Horizontal
    for section in range(header.count()):
        if model.headerData(section, across) == title:
            left = header.sectionViewportPosition(section)
            return QRect(left, 0, header.sectionSize(section), header.height())
    return None


def _progress() -> bool:
    """Whether work is seen to go on."""
    for root in QApplication.topLevelWidgets():
        if root.isVisible():
            for widget in root.findChildren(QWidget):
                if not widget.isVisible():
                    continue
                if isinstance(widget, JobChip | QProgressBar) or _text(widget).endswith("ing…"):
                    return True
    return False


def main() -> int:
    """Show the window, on the store that the command line names if it names one."""
    program = Program(config_folder())
    program.problems.catch_all()
    driven = DrivenWindow(program)
    if len(sys.argv) > 1:
        program.window.stores.open(Path(sys.argv[1]))
    program.window.move(0, 0)
    program.window.show()
    status = program.qt.exec()
    del driven
    program.window.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
