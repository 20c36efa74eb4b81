from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication, QMouseEvent
from pytestqt.qtbot import QtBot

from app.episodes.conversation.find_bar import as_query
from app.episodes.conversation.link_question import LinkQuestion
from app.episodes.conversation.step_menu import step_menu
from app.episodes.episode_pane import EpisodePane
from app.kit.session import Session
from hpm_engine import marked
from tests.support.million_memory import MillionMemory

STEPS = 1_000
TEXT = "# Title\n\nSome **bold** words and [a page](https://example.org/x).\n\n- one\n- two"


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(1, STEPS, text=TEXT)


@pytest.fixture
def pane(qtbot: QtBot, made_up_session: Session) -> EpisodePane:
    pane = EpisodePane(made_up_session)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    pane.show_episode(1, "")
    qtbot.waitUntil(lambda: pane.timeline.texts.step(0) is not None)
    return pane


def test_words_are_found_in_the_conversation_marked_in_the_map_and_walked(
    qtbot: QtBot, pane: EpisodePane
) -> None:
    pane.finder.open_search()
    qtbot.keyClicks(pane.finder.line, "words")
    qtbot.waitUntil(lambda: "of 3 steps" in pane.finder.says())
    assert pane.timeline.current == 2
    assert pane.finder.says() == "1 of 3 steps"
    assert "3 search hits" in pane.map.accessibleDescription()
    qtbot.keyClick(pane.finder.line, Qt.Key.Key_Return)
    assert (pane.timeline.current, pane.finder.says()) == (70, "2 of 3 steps")
    qtbot.keyClick(pane.finder.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert pane.timeline.current == 2
    qtbot.keyClick(pane.finder.line, Qt.Key.Key_Escape)
    assert pane.finder.isHidden()
    assert "0 search hits" in pane.map.accessibleDescription()
    assert pane.timeline.current == 2, "where the reader is"


def test_what_is_typed_is_found_as_it_stands() -> None:
    for text in ('a "b" (c', "re:x", "-not", "a\\b", "x*", "[1]"):
        [term] = marked(as_query(text))
        assert term.regex, text


def test_the_buttons_fold_open_and_show_errors_alone(qtbot: QtBot, pane: EpisodePane) -> None:
    column = pane.timeline.column
    assert column is not None
    assert pane.reading.errors.text() == "✗ 20"
    qtbot.mouseClick(pane.reading.fold, Qt.MouseButton.LeftButton)
    column = pane.timeline.column
    assert column is not None
    qtbot.waitUntil(lambda: len(column.card(0).blocks) == 4)
    qtbot.mouseClick(pane.reading.errors, Qt.MouseButton.LeftButton)
    assert pane.timeline.column is not None
    assert list(pane.timeline.column.arrangement.shown[:4]) == [0, 48, 50, 98]
    qtbot.mouseClick(pane.reading.errors, Qt.MouseButton.LeftButton)
    assert len(pane.timeline.column.arrangement.shown) == STEPS


def test_markdown_is_set_or_shown_as_written(qtbot: QtBot, pane: EpisodePane) -> None:
    def said() -> list[str]:
        column = pane.timeline.column
        assert column is not None
        return [piece.text for _, _, piece in column.card(0).pieces()]

    assert said() == ["Title", "Some bold words and a page.", "one", "two"]
    qtbot.mouseClick(pane.reading.markdown, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said() == [TEXT])


def test_how_a_conversation_is_read_is_remembered(pane: EpisodePane) -> None:
    pane.reading.change(folded=False, markdown=True)
    left = pane.reading.saveState()
    pane.reading.change(folded=True, markdown=False)
    pane.reading.restoreState(left)
    assert (pane.timeline.options.folded, pane.timeline.options.markdown) == (False, True)


def position_of(pane: EpisodePane, seq: int, word: str) -> QPoint:
    """The point of the viewport where a word of a card begins."""
    column = pane.timeline.column
    assert column is not None
    card = column.card(seq)
    top = column.heights.top(seq) - pane.timeline.top_of_cards()
    for y in range(card.height):
        for x in range(0, 500, 2):
            at = card.position_at(x, y)
            piece = next(p for part, n, p in card.pieces() if at and (part, n) == at[1:3])
            if at and piece.text[at.unit :].startswith(word) and card.over_text(x, y):
                return QPoint(pane.timeline.left_of_cards() + x, top + y + 6)
    raise AssertionError(word)


def drag(qtbot: QtBot, pane: EpisodePane, start: QPoint, stop: QPoint) -> None:
    view = pane.timeline.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    middle = QPointF((start + stop) / 2)
    for point in (middle, QPointF(stop)):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            point,
            view.mapToGlobal(point),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QGuiApplication.sendEvent(view, event)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=stop)


def test_text_is_selected_within_a_card_and_copied(qtbot: QtBot, pane: EpisodePane) -> None:
    drag(qtbot, pane, position_of(pane, 0, "bold"), position_of(pane, 0, "words"))
    qtbot.keyClick(pane.timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "bold "


def test_text_is_selected_over_cards_and_copied(qtbot: QtBot, pane: EpisodePane) -> None:
    qtbot.waitUntil(lambda: pane.timeline.texts.step(1) is not None)
    drag(qtbot, pane, position_of(pane, 0, "page"), position_of(pane, 1, "bold"))
    qtbot.keyClick(pane.timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "page.\n\n• one\n• two\n\nTitle\n\nSome "
    qtbot.keyClick(pane.timeline, Qt.Key.Key_Escape)
    assert pane.timeline.selection is None


def test_a_double_click_selects_a_word(qtbot: QtBot, pane: EpisodePane) -> None:
    point = position_of(pane, 0, "bold")
    qtbot.mouseDClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    pane.timeline.clipboard.copy()
    assert QGuiApplication.clipboard().text() == "bold"


def test_a_click_selects_nothing_and_moves_the_cursor(qtbot: QtBot, pane: EpisodePane) -> None:
    qtbot.waitUntil(lambda: pane.timeline.texts.step(1) is not None)
    point = position_of(pane, 1, "bold")
    qtbot.mouseClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert pane.timeline.current == 1
    assert not pane.timeline.clipboard.has_selection


def test_a_link_is_opened_only_when_its_whole_address_was_shown(
    qtbot: QtBot, pane: EpisodePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    point = position_of(pane, 0, "page")
    qtbot.mouseClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    question = pane.links
    assert question is not None and opened == []
    assert question.address.text() == "https://example.org/x"
    question.open_button.click()
    assert opened == [QUrl("https://example.org/x")]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "smb://host/share", "javascript:alert(1)", "no address", "/x"]
)
def test_what_is_no_address_of_the_web_is_never_opened(qtbot: QtBot, target: str) -> None:
    question = LinkQuestion(target)
    qtbot.addWidget(question)
    assert not question.open_button.isEnabled()
    question.reject()


def test_nothing_is_hidden_in_the_address(qtbot: QtBot) -> None:
    question = LinkQuestion("https://exa\u202emple.org/\u200b")
    qtbot.addWidget(question)
    assert "\u202e" not in question.address.text()
    question.reject()


def test_a_step_offers_what_can_be_done_with_it(qtbot: QtBot, pane: EpisodePane) -> None:
    menu = step_menu(pane.timeline, 0)
    names = [action.text() for action in menu.actions() if action.text()]
    assert names[:2] == ["Copy Step", "Copy Step as Markdown"]
    assert any(name.startswith("Show 1 tool call") for name in names)
    as_markdown = next(a for a in menu.actions() if a.text() == "Copy Step as Markdown")
    as_markdown.trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("### Step 1, Agent") and f"\n\n{TEXT}\n\n" in copied
    menu.deleteLater()


def test_the_menu_is_asked_for_by_the_right_button(qtbot: QtBot, pane: EpisodePane) -> None:
    pane.timeline.menu_asked.disconnect()
    with qtbot.waitSignal(pane.timeline.menu_asked) as asked:
        point = position_of(pane, 0, "bold")
        where = pane.timeline.viewport().mapToGlobal(point)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, where)
        QGuiApplication.sendEvent(pane.timeline.viewport(), event)
    assert asked.args[0] == 0


def test_a_menu_acts_on_the_step_that_it_opens_on_and_keeps_the_selection(
    qtbot: QtBot, pane: EpisodePane
) -> None:
    qtbot.waitUntil(lambda: pane.timeline.texts.step(1) is not None)
    pane.timeline.menu_asked.disconnect()
    drag(qtbot, pane, position_of(pane, 0, "bold"), position_of(pane, 0, "words"))
    point = position_of(pane, 1, "bold")
    where = pane.timeline.viewport().mapToGlobal(point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, where)
    QGuiApplication.sendEvent(pane.timeline.viewport(), event)
    assert pane.timeline.current == 1
    assert pane.timeline.clipboard.has_selection


def test_the_left_and_right_keys_fold_and_open_a_group(qtbot: QtBot, pane: EpisodePane) -> None:
    column = pane.timeline.column
    assert column is not None
    qtbot.keyClick(pane.timeline, Qt.Key.Key_Right)
    assert len(column.card(0).blocks) == 4
    qtbot.keyClick(pane.timeline, Qt.Key.Key_Left)
    assert len(column.card(0).blocks) == 1
    assert "folded" in pane.timeline.accessibleDescription()
