"""A store of an earlier version in the window: what opening did to it, and indexing it again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.index_job import SEARCH_TITLE
from app.kit.index_notice import SearchIndexNotice
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import EpisodeQuery, Upgrade, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.schema.reindexing import Reindexing
from tests.support.files.traces import make_store

SECRET = b"TOKEN=hunter2 " * 9


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Two episodes as an earlier version left them, and one file that was no trace.

    That version indexed no ß as ss, and kept the bytes of what it set aside.
    """
    path = make_store(tmp_path / "earlier.hpm", ["Walk the Straße", "add a test"])
    with open_memory(path) as memory:
        memory.recall.prepare()
    connection = load_driver().connect(str(path))
    keys = [key for (key,) in connection.execute("SELECT id FROM step_fts_docsize")]
    for key in keys:
        connection.execute("DELETE FROM step_fts WHERE rowid = ?", (key,))
        connection.execute("INSERT INTO step_fts (rowid, did) VALUES (?, 'Straße')", (key,))
    source = (
        "INSERT INTO sources (path, format, sha256, size, stored, state, reason, imported_at)"
        " VALUES ('/home/ada/.env', '', ?, ?, ?, 'aside', 'Not a trace: plain text.', 1)"
    )
    row = connection.execute(source, (b"0123" * 8, len(SECRET), len(SECRET)))
    values = (row.lastrowid, len(SECRET), SECRET)
    connection.execute("INSERT INTO raw_chunks VALUES (?, 0, ?, ?)", values)
    for statement in (
        "DROP TABLE aside",
        "DROP TABLE aside_reasons",
        "DELETE FROM totals WHERE name LIKE 'index_anew_%'",
        "DELETE FROM _sqlite_migrations WHERE name IN"
        " ('m014_no_bytes_of_non_traces', 'm019_usual_letters')",
        "PRAGMA user_version = 13",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> EpisodesView:
    window.stores.open(path)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.index.waiting is not None, timeout=20_000)
    return view


def waiting(path: Path) -> int:
    with open_memory(path, read_only=True) as memory:
        return memory.reindexing.waiting()


def test_what_opening_an_earlier_store_did_is_said_once(
    window: MainWindow, qtbot: QtBot, earlier: Path
) -> None:
    opened(window, qtbot, earlier)
    qtbot.waitUntil(window.upgrade.isVisible, timeout=20_000)
    said = window.upgrade.text.whole_text()
    assert "made by an earlier version of the program (schema 13)" in said
    assert "The bytes of 1 file that was no trace (126 bytes) were taken out of the store." in said
    assert f"again: {waiting(earlier)} steps for searches and 2 episodes for recall; until" in said
    assert said in window.log.text()
    window.upgrade.button.click()
    assert not window.upgrade.isVisible()
    window.close_store()
    opened(window, qtbot, earlier)
    assert window.workspace is not None
    with qtbot.waitSignal(window.workspace.session.read(lambda memory, job: None).finished):
        pass
    assert not window.upgrade.isVisible()
    assert window.log.text().count("earlier version") == 1


def test_a_store_of_today_is_said_nothing_of(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    view = opened(window, qtbot, make_store(tmp_path / "today.hpm", ["fix the parser"]))
    assert view.index.waiting == 0
    assert not view.index.isVisible() and not window.upgrade.isVisible()
    assert window.log.text() == ""


def test_the_notice_goes_with_the_store(window: MainWindow, qtbot: QtBot, earlier: Path) -> None:
    opened(window, qtbot, earlier)
    qtbot.waitUntil(window.upgrade.isVisible, timeout=20_000)
    window.close_store()
    assert not window.upgrade.isVisible()


def test_an_earlier_store_named_for_a_new_one_is_said_to_be_brought_up_to_date(
    window: MainWindow, qtbot: QtBot, earlier: Path
) -> None:
    window.stores.make(earlier)
    qtbot.waitUntil(window.upgrade.isVisible, timeout=20_000)
    assert "126 bytes" in window.upgrade.text.whole_text()


def test_an_earlier_store_that_cannot_be_written_says_what_cannot_be_done(
    window: MainWindow, qtbot: QtBot, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = earlier.read_bytes()
    monkeypatch.setattr("hpm_engine.store.file.file_place.folder_is_writable", lambda path: False)
    with qtbot.waitSignal(window.problems.reported, timeout=20_000) as heard:
        window.stores.open(earlier)
    [problem] = heard.args
    assert "cannot be brought up to date here" in problem.text
    assert "nothing in it can be shown" in problem.text
    assert "Copy the store elsewhere" in problem.text
    assert window.workspace is None and not window.upgrade.isVisible()
    assert earlier.read_bytes() == before


def test_looking_at_an_upgraded_store_indexes_nothing(
    window: MainWindow, qtbot: QtBot, earlier: Path
) -> None:
    open_memory(earlier).close()
    before, steps = earlier.read_bytes(), waiting(earlier)
    view = opened(window, qtbot, earlier)
    assert view.index.waiting == steps and view.index.isVisible()
    for name in ViewName:
        window.go_to_view(name)
    window.go_to_view(ViewName.EPISODES)
    with qtbot.waitSignal(view.counted, timeout=20_000):
        view.set_query(EpisodeQuery(text="strasse"))
    assert view.model.rowCount() == 0
    window.close_store()
    assert earlier.read_bytes() == before


def test_a_search_of_an_earlier_store_offers_to_index_it_and_then_finds_more(
    window: MainWindow, qtbot: QtBot, earlier: Path
) -> None:
    view = opened(window, qtbot, earlier)
    with qtbot.waitSignal(view.counted, timeout=20_000):
        view.set_query(EpisodeQuery(text="walk strasse"))
    assert view.model.rowCount() == 0
    assert view.index.isVisible() and view.index.button.text() == "Index now"
    steps = waiting(earlier)
    assert f"{steps} steps indexed by an earlier version" in view.index.text.whole_text()
    assert view.page.notice == "No episode found so far"
    with qtbot.waitSignal(view.index.caught_up, timeout=20_000):
        view.index.button.click()
    qtbot.waitUntil(lambda: view.model.rowCount() == 1, timeout=20_000)
    assert not view.index.isVisible()
    assert waiting(earlier) == 0
    assert f"{SEARCH_TITLE}: {steps} steps indexed again" in window.log.text()


def test_indexing_again_shows_how_far_it_is_and_goes_on_after_a_stop(
    window: MainWindow, qtbot: QtBot, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.schema.reindexing._BATCH", 1)
    quick = Reindexing._prepare_anew

    def slow(self: Reindexing) -> int:
        time.sleep(0.1)  # long enough to be stopped
        return quick(self)

    monkeypatch.setattr(Reindexing, "_prepare_anew", slow)
    monkeypatch.setattr("app.kit.index_notice.SHOWN_AFTER_MS", 0)
    view = opened(window, qtbot, earlier)
    index, steps = view.index, waiting(earlier)
    assert window.workspace is not None
    stopped = _Stopping(index)
    window.workspace.session.job_started.connect(stopped.follow)
    index.button.click()
    qtbot.waitUntil(lambda: stopped.done, timeout=20_000)
    qtbot.waitUntil(lambda: index.button.text() == "Index now", timeout=20_000)
    assert stopped.words.startswith("Indexing for search again: ")
    qtbot.waitUntil(lambda: index.waiting == waiting(earlier), timeout=20_000)
    assert 0 < waiting(earlier) < steps
    with qtbot.waitSignal(index.caught_up, timeout=20_000):
        index.button.click()
    assert waiting(earlier) == 0
    with open_memory(earlier, read_only=True) as memory:
        assert memory.figures.health(check=True).problems == ()


def test_a_store_that_cannot_be_written_offers_no_indexing(
    window: MainWindow, qtbot: QtBot, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_memory(earlier).close()
    monkeypatch.setattr(Session, "writable", False)
    view = opened(window, qtbot, earlier)
    assert view.index.isVisible() and not view.index.button.isVisible()
    assert "cannot be written" in view.index.text.whole_text()


def test_an_upgrade_says_only_what_it_did() -> None:
    plain = Upgrade(17, 19)
    assert len(plain.sentences()) == 1
    sentences = Upgrade(13, 19, 1, 1, 1, 0).sentences()
    assert (
        sentences[1]
        == "The bytes of 1 file that was no trace (1 byte) were taken out of the store."
    )
    assert sentences[2].endswith(
        "again: 1 step for searches; until then some words may not find it."
    )


class _Stopping(QObject):
    """Presses the notice's button once it has shown that a step was done."""

    def __init__(self, index: SearchIndexNotice) -> None:
        super().__init__()
        self._index = index
        self.words, self.done = "", False

    @Slot(object)
    def follow(self, task: object) -> None:
        task.progressed.connect(self.look)  # type: ignore[attr-defined]
        task.finished.connect(self.end)  # type: ignore[attr-defined]

    @Slot(object)
    def look(self, progress: object) -> None:
        if not self.words and getattr(progress, "done", 0) >= 1 and not self.done:
            self.words = self._index.text.whole_text()
            self._index.button.click()

    @Slot()
    def end(self) -> None:
        self.done = True
