from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.controls.details import Details
from app.kit.plain_text import SafeLabel
from app.kit.theme.type_scale import TextRole
from app.shell.window_state import WindowState


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(Details("For researchers", SafeLabel("17 nats"), key="figures"))
    page.show()
    return page


def details(page: QWidget) -> Details:
    part = page.findChild(Details)
    assert isinstance(part, Details)
    return part


def content(page: QWidget) -> SafeLabel:
    label = page.findChild(SafeLabel)
    assert isinstance(label, SafeLabel)
    return label


def test_details_are_folded_until_the_keyboard_opens_them(page: QWidget, qtbot: QtBot) -> None:
    assert not content(page).isVisible()
    head = details(page).focusWidget() or details(page).children()[1]
    assert isinstance(head, QWidget) and head.focusPolicy() & Qt.FocusPolicy.TabFocus
    head.setFocus()
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert content(page).isVisible() and details(page).is_open
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert not content(page).isVisible()


def test_the_window_remembers_what_was_open(page: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    details(page).set_open(True)
    WindowState(tmp_path, None).save_view("masks", page)
    details(page).set_open(False)
    WindowState(tmp_path, None).restore_view("masks", page)
    assert details(page).is_open
    assert not details(page).restoreState(QByteArray(b"of a splitter"))
    assert details(page).is_open


def test_other_content_takes_the_place_of_the_old(page: QWidget) -> None:
    details(page).set_content(SafeLabel("18 nats"))
    details(page).set_open(True)
    shown = [label.text() for label in page.findChildren(SafeLabel) if label.isVisible()]
    assert shown == ["18 nats"]


def test_a_heading_follows_the_text_size(qtbot: QtBot) -> None:
    heading, body = SafeLabel("Heading", role=TextRole.HEADING), SafeLabel("Body")
    for label in (heading, body):
        qtbot.addWidget(label)
        label.show()
    before = QApplication.font()
    larger = QApplication.font()
    larger.setPointSizeF(before.pointSizeF() * 2)
    share = TextRole.HEADING.value[0]
    try:
        assert heading.font().pointSizeF() == pytest.approx(before.pointSizeF() * share)
        QApplication.setFont(larger)
        QApplication.processEvents()
        assert body.font().pointSizeF() == pytest.approx(larger.pointSizeF())
        assert heading.font().pointSizeF() == pytest.approx(larger.pointSizeF() * share)
        assert heading.sizeHint().height() > body.sizeHint().height()
    finally:
        QApplication.setFont(before)
        QApplication.processEvents()
