"""Whether the texts of a window have the room they need, told from its widgets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QWidget,
)

from app.kit.plain_text import SafeLabel

_SLACK = 2  # pixels that a font's bearings take


def clipped_texts(root: QWidget) -> list[str]:
    """Each visible text that is cut without a tool tip that has the whole of it."""
    return [
        f"{_path(widget, root)}: {fault}"
        for widget in [root, *root.findChildren(QWidget)]
        if widget.isVisibleTo(root) and _on_screen(widget, root)
        for fault in _faults(widget)
    ]


def overlaps(root: QWidget) -> list[str]:
    """Each pair of siblings with texts that lie on each other."""
    return [
        f"{_path(first, root)} lies on {_path(second, root)}"
        for parent in [root, *root.findChildren(QWidget)]
        if parent.isVisibleTo(root) and _lays_out(parent)
        for first, second in _pairs(parent)
        if _overlap(first, second)
    ]


def _lays_out(parent: QWidget) -> bool:
    # What was a spacer at the same address may be given for a layout: nothing is told by it.
    own = isinstance(parent.layout(), QLayout)
    return own and not isinstance(parent, (QStackedWidget, QSplitter))


def _pairs(parent: QWidget) -> list[tuple[QWidget, QWidget]]:
    layout = parent.layout()
    inside = [
        child
        for child in parent.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not child.isWindow()
        and layout is not None
        and child.width() > 0
        and child.height() > 0
        and _is_laid_out(layout, child)
    ]
    return [(first, other) for at, first in enumerate(inside) for other in inside[at + 1 :]]


def _is_laid_out(layout: object, child: QWidget) -> bool:
    if not isinstance(layout, QLayout):
        return False
    items = [item for index in range(layout.count()) if (item := layout.itemAt(index)) is not None]
    return any(
        item.widget() is child or (item.layout() is not None and _is_laid_out(item.layout(), child))
        for item in items
    )


def _overlap(first: QWidget, second: QWidget) -> bool:
    shared = first.geometry() & second.geometry()
    return shared.width() > _SLACK and shared.height() > _SLACK


def _on_screen(widget: QWidget, root: QWidget) -> bool:
    """Whether some of it can be seen: what is scrolled away is cut by nobody's fault."""
    return not widget.visibleRegion().isEmpty() and widget.width() > 0


def _faults(widget: QWidget) -> list[str]:
    metrics = widget.fontMetrics()
    if isinstance(widget, SafeLabel):
        return _faults_of_label(widget)
    if isinstance(widget, QLabel):
        return _short(widget.text(), widget.sizeHint().width(), widget.width())
    if isinstance(widget, (QCheckBox, QRadioButton)):
        return _short(widget.text(), widget.minimumSizeHint().width(), widget.width()) + _low(
            widget.text(), metrics.height(), widget.height()
        )
    if isinstance(widget, (QPushButton, QToolButton)) and widget.text():
        shows = not isinstance(widget, QToolButton) or (
            widget.toolButtonStyle().name != "ToolButtonIconOnly" or widget.icon().isNull()
        )
        text = widget.text().replace("&&", "&")
        if not shows:
            return [] if widget.toolTip() or widget.accessibleName() else [f"no name: {text!r}"]
        wide = metrics.horizontalAdvance(text)
        if wide > widget.width() + _SLACK and not widget.toolTip():
            return [f"{text!r} needs {wide}, has {widget.width()}"]
        return _low(text, metrics.height(), widget.height())
    if isinstance(widget, QComboBox):
        return _low(widget.currentText(), metrics.height(), widget.height())
    if isinstance(widget, QScrollArea):
        return _cut_page(widget)
    if isinstance(widget, QTabBar):
        return [
            f"tab {widget.tabText(index)!r} needs {wide}, has {widget.tabRect(index).width()}"
            for index in range(widget.count())
            if (wide := metrics.horizontalAdvance(widget.tabText(index)))
            > widget.tabRect(index).width() + _SLACK
        ]
    if isinstance(widget, QAbstractButton) and widget.text():
        needs = min(metrics.height(), widget.minimumSizeHint().height())
        return _low(widget.text(), needs, widget.height())
    return []


def _faults_of_label(label: SafeLabel) -> list[str]:
    text = label.text()
    if not text:
        return []
    if label.wordWrap():
        needs = label.heightForWidth(label.width())
        return _low(text, needs, label.height())
    metrics = label.fontMetrics()
    if label.height() < metrics.height() - _SLACK:
        return _low(text, metrics.height(), label.height())
    wide = metrics.horizontalAdvance(text)
    if wide > label.contentsRect().width() + _SLACK:
        label.grab()  # a label knows only when it is painted that it elides
        if not label.toolTip():
            return [f"{text[:60]!r} elides without a tip"]
        if label.contentsRect().width() < metrics.averageCharWidth() * min(4, len(text)):
            return [f"{text[:60]!r} has room for {label.contentsRect().width()} pixels only"]
    return []


def _cut_page(area: QScrollArea) -> list[str]:
    """What a page that does not scroll aside cuts off at its side."""
    page, room = area.widget(), area.viewport().width()
    scrolls = area.horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if scrolls or page is None or page.width() <= room + _SLACK:
        return []
    return [f"a page of {page.width()} pixels has {room}"]


def _short(text: str, needs: int, has: int) -> list[str]:
    return [f"{text[:60]!r} needs {needs}, has {has}"] if needs > has + _SLACK else []


def _low(text: str, needs: int, has: int) -> list[str]:
    if not text or needs <= has + _SLACK:
        return []
    return [f"{text[:60]!r} needs {needs} pixels of height, has {has}"]


def _path(widget: QWidget, root: QWidget) -> str:
    names: list[str] = []
    step: QWidget | None = widget
    while step is not None and step is not root and len(names) < 3:
        names.append(type(step).__name__)
        step = step.parentWidget()
    return " < ".join(names)
