from __future__ import annotations

import zipfile
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from app.audit.view import AuditView
from app.episodes.commands.export_dialog import EpisodeExportDialog
from app.episodes.commands.exporting import export
from app.episodes.commands.folders import is_folder
from app.episodes.commands.resume import CannotResume, resume_command
from app.episodes.compare.other_episode_dialog import OtherEpisodeDialog
from app.episodes.conversation.step_menu import step_menu
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.command_menu import ON_EPISODES, ON_STEP
from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.recall.view import RecallView
from app.shell.main_window import MainWindow
from app.shell.workspace import Workspace
from hpm_engine import AuditFilter, Episode, EpisodeQuery, ExportFormat, ExportPart, open_memory
from tests.support.command_runs import session
from tests.support.shown_views import open_in

FOLDER = "/home/mira/code/ferry"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    traces = tmp_path / "traces"
    traces.mkdir()
    for number, key in enumerate(("aaaa-1", "bbbb-2", "cccc-3")):
        (traces / f"{key}.jsonl").write_bytes(session(key, f"Mend the ferry {number}", "thanks"))
    path = tmp_path / "agents.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([traces])
    return path


@pytest.fixture
def opened(window: MainWindow, store: Path, qtbot: QtBot) -> Workspace:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    go(window, 1, qtbot)
    return window.workspace


def go(window: MainWindow, episode: int, qtbot: QtBot, seq: int | None = None) -> None:
    assert window.workspace is not None
    workspace = window.workspace
    workspace.navigator.go(Place(ViewName.EPISODES, episode, seq))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None and workspace.chosen.row.id == episode)


def run(window: MainWindow, command: Command) -> None:
    [action] = [act for act in window.commands.offered([command]) if act is not None]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def exports(path: Path) -> int:
    with open_memory(path, read_only=True) as memory:
        return memory.audit.count(AuditFilter(action="export"))


def row(path: Path) -> Episode:
    with open_memory(path, read_only=True) as memory:
        return memory.episodes.get([1])[0]


def test_menus_offer_commands_that_are_ready(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    offered = view.table._offer()
    assert [None if act is None else act.objectName() for act in offered] == list(ON_EPISODES)
    assert {act.objectName() for act in offered if act is not None and not act.isEnabled()} == set()
    view.table.selectAll()
    [compare] = window.commands.offered([Command.COMPARE])
    assert compare is not None and not compare.isEnabled()
    assert "select one or two" in compare.toolTip()
    assert all(isinstance(act, QAction) or act is None for act in window.commands.offered(ON_STEP))


def test_a_link_is_copied_and_followed(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    run(window, Command.COPY_LINK)
    assert clipboard() == f"hpm-inspector {store} --go episode/1"
    go(window, 2, qtbot, 1)
    run(window, Command.COPY_STEP_LINK)
    assert clipboard().endswith("--go episode/2/step/2")


def test_a_step_and_an_episode_are_copied_as_markdown(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    go(window, 1, qtbot, 1)
    run(window, Command.COPY_STEP_MARKDOWN)
    qtbot.waitUntil(lambda: "Answer 0: Mend the ferry 0" in clipboard())
    assert clipboard().startswith("### Step 2, Agent")
    run(window, Command.COPY_MARKDOWN)
    qtbot.waitUntil(lambda: clipboard().startswith("# Mend the ferry 0"))
    assert exports(store) == 1


def test_a_conversation_is_copied_from_either_menu_with_its_row_in_the_log(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText("of another test")
    run(window, Command.COPY_MARKDOWN)
    qtbot.waitUntil(lambda: clipboard().startswith("# Mend the ferry 0"))
    copied = clipboard()
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane.timeline.outline is not None)
    QGuiApplication.clipboard().setText("something else")
    menu = step_menu(view.pane.timeline, 0)
    next(a for a in menu.actions() if a.text() == "Copy Conversation as Markdown").trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: clipboard() == copied)
    assert exports(store) == 2


def test_a_store_that_cannot_be_written_lets_its_conversations_be_copied(
    window: MainWindow,
    opened: Workspace,
    store: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Session, "writable", False)
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    view.table.selectAll()
    run(window, Command.COPY_MARKDOWN)
    qtbot.waitUntil(lambda: clipboard().count("# Mend the ferry") == 3)
    assert exports(store) == 0 and not opened.session.has_written


def test_what_is_selected_is_read_at_full_width_and_shown_raw(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    window.side_pane.hide()
    run(window, Command.RAW)
    raw = window.side_pane.raw
    assert raw is not None and window.side_pane.isVisible() and raw.isVisible()
    run(window, Command.READ)
    assert window.reading.on and not window.rail.isVisible()


def test_one_episode_is_compared_with_another_in_three_acts(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    run(window, Command.COMPARE)
    qtbot.waitUntil(lambda: window.findChild(OtherEpisodeDialog) is not None)
    dialog = window.findChild(OtherEpisodeDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.count() == 2)  # all but itself
    assert "ferry 0" not in dialog.list.item(0).text() + dialog.list.item(1).text()
    qtbot.keyClick(dialog.line, Qt.Key.Key_Down)
    assert dialog.list.currentRow() == 1
    qtbot.keyClicks(dialog.line, "nothing like that")
    qtbot.waitUntil(lambda: dialog.list.count() == 0 and not dialog.compare.isEnabled())
    dialog.line.setText('"ferry 2"')
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane.comparing.model.comparison is not None)
    comparison = view.pane.comparing.model.comparison
    assert comparison is not None and view.pane.comparing.isVisible()
    assert (comparison.left.id, comparison.right.id) == (1, 3)


def test_the_command_to_resume_is_copied_or_its_absence_explained(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    run(window, Command.COPY_RESUME)
    assert clipboard() == f"cd {FOLDER} && claude --resume aaaa-1"
    unknown = msgspec.structs.replace(opened.chosen.row, agent="mini-swe-agent")
    opened.chosen._row = unknown
    [action] = window.commands.offered([Command.COPY_RESUME])
    assert action is not None and not action.isEnabled()
    assert "mini-swe-agent has no command" in action.toolTip()


@pytest.mark.parametrize(
    ("agent", "command"),
    [
        ("claude-code", "claude --resume aaaa-1"),
        ("codex", "codex resume aaaa-1"),
        ("gemini-cli", "gemini --resume aaaa-1"),
        ("openhands", "openhands --resume aaaa-1"),
        ("opencode", "opencode --session aaaa-1"),
        ("copilot-cli", "copilot --resume=aaaa-1"),
        ("kiro-cli", "kiro-cli chat --resume-id aaaa-1"),
    ],
)
def test_each_agent_resumes_in_its_own_words(store: Path, agent: str, command: str) -> None:
    episode = msgspec.structs.replace(row(store), agent=agent)
    assert resume_command(episode, "linux") == f"cd {FOLDER} && {command}"
    assert resume_command(msgspec.structs.replace(episode, cwd=""), "linux") == command
    windows = msgspec.structs.replace(episode, cwd="C:\\my code")
    assert resume_command(windows, "win32") == f'cd /d "C:\\my code" && {command}'


def test_a_folder_in_the_home_folder_is_found_there(store: Path) -> None:
    episode = msgspec.structs.replace(row(store), cwd="~/my code")
    assert resume_command(episode, "linux").startswith("cd ~/'my code' && ")


@pytest.mark.parametrize(
    ("changes", "platform", "why"),
    [
        ({"key": "x; rm -rf ~"}, "linux", "session's id"),
        ({"key": "-rf"}, "linux", "session's id"),
        ({"key": "export:claude-code/aaaa"}, "linux", "session's id"),
        ({"cwd": "/tmp/a\nrm -rf ~"}, "linux", "hidden characters"),
        ({"cwd": "/tmp/\u202egnp"}, "linux", "hidden characters"),
        ({"cwd": "C:\\%PATH%"}, "win32", "cmd would obey"),
        ({"parent": "p"}, "linux", "subagent"),
        ({"agent": ""}, "linux", "has no command"),
    ],
)
def test_no_trace_writes_a_command_of_its_own(
    store: Path, changes: dict[str, str], platform: str, why: str
) -> None:
    with pytest.raises(CannotResume, match=why):
        resume_command(msgspec.structs.replace(row(store), **changes), platform)


def test_a_folder_with_odd_characters_is_quoted(store: Path) -> None:
    episode = msgspec.structs.replace(row(store), cwd="/tmp/it's $(touch x)")
    assert resume_command(episode, "linux").startswith("cd '/tmp/it'\"'\"'s $(touch x)' && ")


def test_only_a_folder_of_this_computer_is_opened(
    window: MainWindow,
    opened: Workspace,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(urls.append(url)) or True)
    with qtbot.waitSignal(window.problems.reported) as told:
        run(window, Command.OPEN_FOLDER)
    assert "no folder on this computer" in told.args[0].text and not urls
    opened.chosen._row = msgspec.structs.replace(opened.chosen.row, cwd=str(tmp_path))
    run(window, Command.OPEN_FOLDER)
    qtbot.waitUntil(lambda: urls == [QUrl.fromLocalFile(str(tmp_path))])
    file = tmp_path / "program"
    file.write_text("")
    (tmp_path / "Evil.app").mkdir()
    for path in ("https://evil.test", "relative", "//server/share", str(file), "a\0b"):
        assert not is_folder(path)
    assert not is_folder(str(tmp_path / "Evil.app"))


def test_the_history_of_an_episode_is_its_rows_of_the_log(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    opened.marks.add_tag([2], "x")
    go(window, 2, qtbot)
    run(window, Command.HISTORY)
    view = opened.view(ViewName.AUDIT)
    assert isinstance(view, AuditView) and opened.navigator.current.view is ViewName.AUDIT
    assert view.filters.filter() == AuditFilter(episode_id=2)
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)


def test_what_is_alike_is_recalled_without_a_record(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    run(window, Command.FIND_ALIKE)
    view = opened.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    assert view.cue.cue.toPlainText() == "Mend the ferry 0"
    qtbot.waitUntil(lambda: view.recalling.shown is not None, timeout=30_000)
    with open_memory(store, read_only=True) as memory:
        assert memory.recall.past_count() == 0


def test_the_export_dialog_says_what_the_file_will_hold(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    with open_memory(store) as memory:
        memory.notes.add(1, "mine")
    run(window, Command.EXPORT)
    dialog = window.findChild(EpisodeExportDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: "1 note of yours" in dialog.holds.whole_text())
    dialog.parts[ExportPart.NOTES].setChecked(False)
    qtbot.waitUntil(lambda: "no notes" in dialog.holds.whole_text())
    dialog.forms[ExportFormat.RAW].setChecked(True)
    qtbot.waitUntil(lambda: "byte for byte" in dialog.holds.whole_text())
    assert not dialog.parts[ExportPart.NOTES].isEnabled()
    dialog.forms[ExportFormat.MARKDOWN].setChecked(True)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.choose.click()
    assert chosen.args == [ExportFormat.MARKDOWN, frozenset({ExportPart.NOTES})]


def test_one_episode_becomes_a_file_and_several_an_archive(
    opened: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    page, archive = tmp_path / "one.html", tmp_path / "all.zip"
    export(opened, [1], ExportFormat.HTML, page)
    export(opened, [1, 2, 3], ExportFormat.ATIF, archive)
    qtbot.waitUntil(archive.exists)
    assert page.read_text().startswith("<!DOCTYPE html>")
    with zipfile.ZipFile(archive) as files:
        assert len(files.namelist()) == 3


def test_commands_act_on_every_selected_episode(
    window: MainWindow, opened: Workspace, store: Path, qtbot: QtBot
) -> None:
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    view.table.selectAll()
    run(window, Command.COPY_LINK)
    assert clipboard().count("\n") == 2
    run(window, Command.PIN)
    qtbot.waitUntil(opened.marks.stack.canUndo)
    with open_memory(store, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery(pinned=True))) == 3
