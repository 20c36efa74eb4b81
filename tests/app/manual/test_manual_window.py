"""The manual in the program: pages, search, links, pictures, and what it refuses to load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.manual.pages import FIRST, page, pages, resources, search
from app.manual.typesetting import anchor, typeset
from app.manual.window import ManualWindow
from app.shell.main_window import MainWindow
from tests.support.files.traces import make_store

_LINK = re.compile(r"\]\(([^)]+)\)")
IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def manual(qtbot: QtBot) -> Iterator[ManualWindow]:
    window = ManualWindow()
    qtbot.addWidget(window)
    yield window


def test_every_view_has_a_page() -> None:
    assert [name for name in ViewName if page(name.value) is None] == []


def test_the_first_page_comes_first_and_every_page_has_a_title() -> None:
    assert pages()[0].name == FIRST
    assert all(each.heading and each.text.startswith("# ") for each in pages())
    assert not any("HPM_UPDATE_DOCS" in each.text for each in pages())


def test_every_link_leads_somewhere(qapp: object) -> None:
    for each in pages():
        for target in _LINK.findall(each.text):
            path, _, heading = target.partition("#")
            if target.startswith("http"):
                continue
            if path.endswith(".png"):
                assert (resources() / "screenshots" / Path(path).name).is_file(), (each.name, path)
                continue
            other = page(Path(path).stem) if path else each
            assert other is not None, f"{each.name} leads to {target}"
            headings = re.findall(r"^#+ (.*)$", other.text, re.MULTILINE)
            assert not heading or heading in map(anchor, headings), f"{each.name}: {target}"


def test_f1_opens_the_page_of_the_view(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.commands[Command.MANUAL].trigger()
    manual = window.findChild(ManualWindow)
    assert isinstance(manual, ManualWindow)
    assert manual.browser.current is page(FIRST)
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser"]))
    window.go_to_view(ViewName.HEALTH)
    window.commands[Command.MANUAL].trigger()
    assert manual.browser.current is page("health")
    assert manual.list.currentItem().text() == "Health"
    manual.close()


def test_search_lists_the_pages_that_have_all_words(manual: ManualWindow) -> None:
    QTest.keyClicks(manual.line, "elastic consolidation")
    names = [manual.list.item(row).text() for row in range(manual.list.count())]
    assert names and len(names) < len(pages())
    assert {hit.page.heading for hit in search("elastic consolidation")} == set(names)
    QTest.keyClick(manual.line, Qt.Key.Key_Return)
    assert manual.list.hasFocus() or not manual.isActiveWindow()
    manual.list.setCurrentRow(0)
    assert manual.browser.textCursor().selectedText().casefold() == "elastic"
    manual.line.setText("nosuchwordanywhere")
    assert manual.list.count() == 0
    assert manual._said.whole_text() == "No page has all of these words."


def test_links_go_from_page_to_page_and_back(manual: ManualWindow) -> None:
    manual.browser.show_page(FIRST)
    manual.browser.anchorClicked.emit(QUrl("query.md"))
    assert manual.browser.current is page("query")
    manual._back.click()
    assert manual.browser.current is page(FIRST)
    manual._forward.click()
    assert manual.browser.current is page("query")


def test_nothing_is_loaded_but_the_programs_own_pictures(manual: ManualWindow) -> None:
    picture = manual.browser.loadResource(IMAGE, QUrl("../screenshots/episodes-light.png"))
    assert isinstance(picture, QImage) and not picture.isNull()
    for address in ("http://example.org/a.png", "file:///etc/passwd", "../../secret.txt"):
        answer = manual.browser.loadResource(IMAGE, QUrl(address))
        assert answer is None or answer.isNull()
    manual.browser.show_page(FIRST)
    manual.browser.anchorClicked.emit(QUrl("http://example.org/"))
    assert manual.browser.current is page(FIRST)
    assert "http://example.org/" in manual._said.whole_text()


def test_a_picture_is_as_wide_as_the_lines(manual: ManualWindow) -> None:
    manual.resize(700, 600)
    manual.show_page("episodes")
    QApplication.processEvents()
    manual.resize(1100, 700)
    QApplication.processEvents()
    document = manual.browser.document()
    picture = document.resource(IMAGE, QUrl("../screenshots/episodes-light.png"))
    assert picture.width() > manual.browser.lineWrapColumnOrWidth() * 0.8


def test_markup_in_a_page_is_text(qapp: object) -> None:
    shown = typeset("# A\n\n<img src='x'> <b>b</b>\n\n| a |\n|---|\n| b |\n", qapp.font())  # type: ignore[attr-defined]
    assert "&lt;img" in shown and "&lt;b&gt;" in shown
    assert "<table" in shown and '<a name="a">' in shown
