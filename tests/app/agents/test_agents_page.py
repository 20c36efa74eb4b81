"""The Agents view: agents of this computer connected, tried and disconnected by its buttons."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.agents.agent_card import AgentCard
from app.agents.connect_dialog import ConnectDialog
from app.agents.view import AgentsView
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import Changed, Connections, RecallOptions, open_memory
from hpm_engine.connecting.hook_log import HookRun, add_run
from tests.support.written_episodes import step, write

SETTINGS = b'{\n  "model": "opus",\n  "hooks": {"Stop": []}\n}\n'
Open = Callable[[], AgentsView]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Agents look for their settings here alone; none of their programs is found."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def gemini(home: Path) -> Path:
    """A computer with Gemini CLI alone: its settings."""
    path = home / ".gemini" / "settings.json"
    path.parent.mkdir()
    path.write_bytes(SETTINGS)
    return path


@pytest.fixture
def store(tmp_path: Path, home: Path) -> Path:
    store = tmp_path / "my.hpm"
    with open_memory(store, create=True) as memory:
        write(memory, [step(1), step(2, "the kiln is cold")], key="s1", title="Mend the kiln")
        memory.recall.prepare()
    return store


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.AGENTS))


@pytest.fixture
def opened(qtbot: QtBot, session: Session, navigator: Navigator) -> Iterator[Open]:
    def open_view() -> AgentsView:
        view = AgentsView(session, navigator)
        session.changed.connect(view.refresh)
        qtbot.addWidget(view)
        view.resize(1100, 800)
        view.show()
        qtbot.waitUntil(lambda: view.agents.survey is not None)
        return view

    yield open_view


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[arg-type]


def ended(qtbot: QtBot, card: AgentCard, text: str) -> None:
    qtbot.waitUntil(lambda: text in card.said.text() and not card.busy, timeout=60_000)


def dialog_of(qtbot: QtBot, view: AgentsView) -> ConnectDialog:
    qtbot.waitUntil(lambda: bool(view.findChildren(ConnectDialog)))
    dialog = view.findChildren(ConnectDialog)[-1]
    qtbot.waitUntil(lambda: bool(dialog.said.text()))
    return dialog


def test_without_agents_it_says_where_it_looked(
    opened: Open, qtbot: QtBot, home: Path, store: Path
) -> None:
    view = opened()
    qtbot.waitUntil(lambda: view.agents.page.notice == "No agent on this computer")
    assert not view.agents.cards and list(home.iterdir()) == []
    (home / ".codex").mkdir()
    click(qtbot, view.agents.page._button)
    qtbot.waitUntil(lambda: list(view.agents.cards) == ["codex"])
    assert view.agents.page.shows_content
    assert "Claude Code" in view.agents.absent.text()
    assert "Codex" not in view.agents.absent.text()


def test_connecting_shows_the_difference_first_and_disconnecting_gives_the_bytes_back(
    opened: Open, qtbot: QtBot, gemini: Path
) -> None:
    view = opened()
    card = view.agents.cards["gemini"]
    assert card.state.text() == "· Not connected"
    assert not card.check_button.isEnabled() and not card.disconnect_button.isEnabled()
    click(qtbot, card.connect_button)
    dialog = dialog_of(qtbot, view)
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    shown = dialog.difference.toPlainText()
    assert "+" in shown and "hpm_engine.hook" in shown and "hpm_command" in shown
    assert "settings.json.hpm-DATE" in dialog.backup.text()
    assert gemini.read_bytes() == SETTINGS  # nothing happens without a press
    click(qtbot, dialog.connect_button)
    ended(qtbot, card, "✓ Connected")
    assert b"hpm_engine.hook" in gemini.read_bytes()
    backup = next(path for path in gemini.parent.iterdir() if path != gemini)
    assert any(backup.name in line for line in card.lines)
    qtbot.waitUntil(lambda: card.state.text() == "✓ Connected to this store")
    click(qtbot, card.disconnect_button)
    qtbot.waitUntil(lambda: bool(view.findChildren(QuestionDialog)))
    question = view.findChildren(QuestionDialog)[-1]
    assert gemini.read_bytes() != SETTINGS
    click(qtbot, question.start)
    ended(qtbot, card, "✓ Disconnected")
    assert gemini.read_bytes() == SETTINGS
    qtbot.waitUntil(lambda: card.state.text() == "· Not connected")


def test_settings_that_cannot_be_understood_stay_and_the_text_to_put_in_is_copied(
    opened: Open, qtbot: QtBot, gemini: Path
) -> None:
    gemini.write_bytes(b'{\n  // mine\n  "hooks": {}\n}\n')
    view = opened()
    click(qtbot, view.agents.cards["gemini"].connect_button)
    dialog = dialog_of(qtbot, view)
    assert "line 2" in dialog.said.text() and "by hand" in dialog.said.text()
    assert not dialog.connect_button.isEnabled()
    click(qtbot, dialog.copy_button)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("{") and "hpm_engine.hook" in copied
    assert gemini.read_bytes() == b'{\n  // mine\n  "hooks": {}\n}\n'
    dialog.reject()


def test_what_was_connected_already_needs_nothing(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path
) -> None:
    held = Connections()
    held.connect(held.plan("gemini", store))
    view = opened()
    click(qtbot, view.agents.cards["gemini"].connect_button)
    dialog = dialog_of(qtbot, view)
    assert dialog.said.text().startswith("Nothing would change")
    assert not dialog.connect_button.isEnabled()
    dialog.server.setChecked(False)
    dialog.hooks.setChecked(False)
    assert dialog.said.text() == "Choose at least one of the two."
    dialog.reject()


def test_one_project_is_connected_alone(
    opened: Open, qtbot: QtBot, gemini: Path, tmp_path: Path
) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    view = opened()
    card = view.agents.cards["gemini"]
    click(qtbot, card.connect_button)
    dialog = dialog_of(qtbot, view)
    dialog.folder.setText("shop")  # not the whole path
    assert not dialog.connect_button.isEnabled()
    dialog.folder.setText(str(project))
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    click(qtbot, dialog.connect_button)
    ended(qtbot, card, "✓ Connected")
    assert (project / ".gemini" / "settings.json").exists()
    assert gemini.read_bytes() == SETTINGS
    qtbot.waitUntil(lambda: card.state.text() == "✓ Connected to this store in 1 project")
    assert dict(card.rows)["Project"].endswith("shop")


def test_a_check_tries_each_part_and_says_what_failed(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path
) -> None:
    held = Connections()
    held.connect(held.plan("gemini", store))
    view = opened()
    card = view.agents.cards["gemini"]
    click(qtbot, card.check_button)
    assert card.busy and not card.connect_button.isEnabled()
    ended(qtbot, card, "works")
    names = [line.split(":")[0] for line in card.lines]
    assert "✓ Hook SessionStart" in names and "✓ Server" in names
    path = gemini.read_text().replace("hpm_engine.hook", "hpm_engine.nothing")
    gemini.write_text(path)
    view.agents.reload()
    qtbot.waitUntil(lambda: card.state.text() == "! Connected, but its hooks are missing")


def test_a_check_is_cancelled_at_once(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Connections()
    held.connect(held.plan("gemini", store))
    view = opened()
    card = view.agents.cards["gemini"]
    click(qtbot, card.check_button)
    qtbot.waitUntil(lambda: bool(card.lines), timeout=30_000)
    started = time.monotonic()
    click(qtbot, card.notice.button)
    ended(qtbot, card, "cancelled")
    assert time.monotonic() - started < 10
    assert card.check_button.isEnabled()


def test_recalls_are_told_as_they_are_recorded(
    opened: Open, qtbot: QtBot, session: Session, navigator: Navigator, gemini: Path, store: Path
) -> None:
    view = opened()
    card = view.agents.cards["gemini"]
    assert dict(card.rows)["Last recall"] == "never in this store"
    ids = []
    for actor in ("hook gemini-cli", "hpm mcp for gemini-cli-mcp-client", "person"):
        with open_memory(store, actor=actor) as memory:
            recall = memory.recall.ask("mend the kiln", options=RecallOptions(into="s"))
            ids.append((recall.id, recall.context.tokens))
    session.changed.emit(Changed.RECALLS)
    qtbot.waitUntil(lambda: "mend the kiln" in dict(card.rows)["Last recall"])
    tokens = ids[0][1] + ids[1][1]
    assert dict(card.rows)["Given"].startswith(f"{tokens:,} tokens in 2 recalls in 7 days")
    card.recall_asked.emit(ids[1][0])
    assert navigator.current == Place(ViewName.RECALL, recall_id=ids[1][0])


def test_hooks_that_failed_are_told_with_the_reason(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path
) -> None:
    now = time.time_ns() // 1000
    add_run(HookRun(now - 60_000_000, "gemini", "SessionStart", str(store), failure="StoreBusy"))
    add_run(HookRun(now, "gemini", "BeforeAgent", str(store)))
    view = opened()
    line = dict(view.agents.cards["gemini"].rows)["Hooks that failed"]
    assert line.startswith("1 of 2 in 7 days.") and "another program was writing" in line
    assert "1 run went well since" in line


def test_a_store_that_cannot_be_written_is_connected_to_nothing(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "writable", property(lambda self: False))
    view = opened()
    assert "cannot be written" in view.agents.notice.text.text()
    assert not view.agents.cards["gemini"].connect_button.isEnabled()


def test_the_sample_is_connected_to_nothing(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path
) -> None:
    held = Connections()
    held.connect(held.plan("gemini", store))
    with open_memory(store) as memory:
        memory.settings.set("sample", "invented")
    view = opened()
    card = view.agents.cards["gemini"]
    assert view.agents.notice.text.text().startswith("This is the sample")
    assert not card.connect_button.isEnabled()
    assert card.disconnect_button.isEnabled()  # what was connected can be taken back


def test_texts_of_settings_are_plain(opened: Open, qtbot: QtBot, gemini: Path) -> None:
    gemini.write_bytes('{"a": "<b>x</b> \u202e"}'.encode())
    view = opened()
    click(qtbot, view.agents.cards["gemini"].connect_button)
    dialog = dialog_of(qtbot, view)
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    assert "<b>x</b> ⟦RLO⟧" in dialog.difference.toPlainText()
    formats = {label.textFormat() for label in view.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}
    dialog.reject()


def test_the_keyboard_stays_in_the_card(
    opened: Open, qtbot: QtBot, gemini: Path, store: Path
) -> None:
    view = opened()
    view.activateWindow()
    card = view.agents.cards["gemini"]
    card.connect_button.setFocus()
    qtbot.keyClick(card.connect_button, Qt.Key.Key_Space)
    dialog = dialog_of(qtbot, view)
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    ended(qtbot, card, "✓ Connected")
    assert view.focusWidget() is card.connect_button
    qtbot.waitUntil(card.check_button.isEnabled)
    card.check_button.setFocus()
    qtbot.keyClick(card.check_button, Qt.Key.Key_Space)
    assert card.busy and view.focusWidget() is card.notice.button
    qtbot.keyClick(card.notice.button, Qt.Key.Key_Space)
    ended(qtbot, card, "cancelled")
    assert view.focusWidget() is card.check_button
    card.disconnect_button.setFocus()
    qtbot.keyClick(card.disconnect_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(view.findChildren(QuestionDialog)))
    click(qtbot, view.findChildren(QuestionDialog)[-1].start)
    ended(qtbot, card, "✓ Disconnected")
    qtbot.waitUntil(lambda: not card.disconnect_button.isEnabled())
    assert view.focusWidget() is card.connect_button


def test_settings_that_somebody_changed_meanwhile_are_left_as_they_are(
    opened: Open, qtbot: QtBot, gemini: Path
) -> None:
    view = opened()
    card = view.agents.cards["gemini"]
    click(qtbot, card.connect_button)
    dialog = dialog_of(qtbot, view)
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    gemini.write_bytes(b'{"theme": "light"}')
    click(qtbot, dialog.connect_button)
    ended(qtbot, card, "✗ Nothing was changed")
    assert "changed by another program" in card.lines[0]
    assert gemini.read_bytes() == b'{"theme": "light"}'
    assert [path.name for path in gemini.parent.iterdir()] == ["settings.json"]


def test_a_command_that_is_left_to_a_person_is_copied_alone(
    opened: Open, qtbot: QtBot, home: Path
) -> None:
    (home / ".claude").mkdir()
    view = opened()
    card = view.agents.cards["claude-code"]
    click(qtbot, card.connect_button)
    dialog = dialog_of(qtbot, view)
    assert "was not found: run it yourself" in dialog.said.text()
    qtbot.waitUntil(lambda: dialog.connect_button.isEnabled())
    click(qtbot, dialog.connect_button)
    ended(qtbot, card, "something is left for you to do")
    click(qtbot, card.copy_button)
    assert QGuiApplication.clipboard().text().startswith("claude mcp add --scope user hpm -- ")
    qtbot.waitUntil(lambda: card.state.text() == "! Connected, but its server is missing")


def test_what_could_be_taken_out_only_in_part_is_said_to_be(
    opened: Open, qtbot: QtBot, home: Path, store: Path
) -> None:
    held = Connections()
    (home / ".cursor").mkdir()
    held.connect(held.plan("cursor", store))
    servers = home / ".cursor" / "mcp.json"
    servers.write_text("{ // mine\n}")
    view = opened()
    card = view.agents.cards["cursor"]
    assert card.state.text() == "! Its settings cannot be understood"
    click(qtbot, card.disconnect_button)
    qtbot.waitUntil(lambda: bool(view.findChildren(QuestionDialog)))
    click(qtbot, view.findChildren(QuestionDialog)[-1].start)
    ended(qtbot, card, "✗ Not wholly disconnected")
    assert "mcp.json" in card.lines[0] and "goes on with the rest" in card.lines[1]
    assert not (home / ".cursor" / "hooks.json").exists()
    servers.write_text("{}")
    click(qtbot, card.disconnect_button)
    qtbot.waitUntil(lambda: len(view.findChildren(QuestionDialog)) > 0)
    click(qtbot, view.findChildren(QuestionDialog)[-1].start)
    ended(qtbot, card, "✓ Disconnected")
