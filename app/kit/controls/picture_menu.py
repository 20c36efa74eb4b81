"""The context menu of a picture: copy it, write it as PNG or SVG, its figures as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QVBoxLayout, QWidget

from app.kit.command_menu import add_all
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.last_folder import FileKind, begin_in_last_folder
from app.kit.plain_text import SafeLabel
from hpm_engine import CannotWrite, safe_cell, write_file

Rows = Iterable[Iterable[object]]


class Picture(Protocol):
    """What can be painted anywhere, and what its figures are; the first row is the header."""

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the picture as large as ``size``."""
        ...

    def figures(self) -> Rows:
        """The rows of its table."""
        ...


def popup_picture_menu(
    widget: QWidget,
    picture: Picture,
    name: str,
    where: QPoint,
    before: Sequence[QAction | None] = (),
) -> None:
    """Offer the picture and its figures for other programs; ``name`` begins the file's.

    ``before`` are commands on what is shown, None for a separator.
    """
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_all(menu, before)
    menu.addSeparator()
    size = widget.size()
    menu.addAction("Copy the picture", lambda: _copy(picture, size))
    menu.addAction("Copy the figures (CSV)", lambda: _copy_text(as_csv(picture.figures())))
    menu.addSeparator()
    writers: dict[str, Callable[[Path], None]] = {
        "png": lambda path: write_png(picture, size, path),
        "svg": lambda path: write_svg(picture, size, path),
        "csv": lambda path: write_csv(picture, path),
    }
    for kind, write in writers.items():
        action = menu.addAction(f"Export as {kind.upper()}…")
        action.triggered.connect(lambda _=False, k=kind, w=write: _ask(widget, name, k, w))
    menu.popup(where)


def as_csv(rows: Rows) -> str:
    """Rows as comma-separated values, none of them a formula and nothing hidden in them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(safe_cell, row) for row in rows)
    return text.getvalue()


def write_png(picture: Picture, size: QSize, path: Path) -> None:
    """Write the picture with twice the pixels of the screen. Raises ``CannotWrite``."""
    buffer = _buffer()
    _pixmap(picture, size, 2.0).save(buffer, "PNG")
    write_file(path, bytes(buffer.data().data()))


def write_csv(picture: Picture, path: Path) -> None:
    """Write the figures as a table. Raises ``CannotWrite``."""
    write_file(path, as_csv(picture.figures()).encode("utf-8", "replace"))


def write_svg(picture: Picture, size: QSize, path: Path) -> None:
    """Write the picture as vectors. Raises ``CannotWrite``."""
    from PySide6.QtSvg import QSvgGenerator  # a library that few sessions need

    buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    painter = QPainter(generator)
    picture.paint_into(painter, size)
    painter.end()
    write_file(path, bytes(buffer.data().data()))


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _pixmap(picture: Picture, size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QGuiApplication.palette().base().color())
    painter = QPainter(pixmap)
    picture.paint_into(painter, size)
    painter.end()
    return pixmap


def _copy(picture: Picture, size: QSize) -> None:
    QGuiApplication.clipboard().setPixmap(_pixmap(picture, size, 1.0))


def _copy_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _ask(widget: QWidget, name: str, kind: str, write: Callable[[Path], None]) -> None:
    dialog = QFileDialog(widget, f"Export as {kind.upper()}")
    begin_in_last_folder(dialog, FileKind.PICTURES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([f"{kind.upper()} (*.{kind})"])
    dialog.setDefaultSuffix(kind)
    dialog.selectFile(f"{name}.{kind}")
    dialog.fileSelected.connect(lambda path: _write(widget, Path(path), write))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _write(widget: QWidget, path: Path, write: Callable[[Path], None]) -> None:
    try:
        write(path)
    except CannotWrite as error:
        _tell(widget, str(error))


def _tell(widget: QWidget, text: str) -> None:
    dialog = QDialog(widget)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Not exported")
    buttons = DialogButtons()
    buttons.put("Close", DialogButtons.ButtonRole.RejectRole).setDefault(True)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addWidget(SafeLabel(text, wrap=True))
    column.addWidget(buttons)
    dialog.open()
