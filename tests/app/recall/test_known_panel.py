from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.prototypes.view import PrototypesView
from app.recall.known_panel import KnownPanel
from app.recall.view import RecallView
from app.shell.main_window import MainWindow
from hpm_engine import Known, Label, open_memory
from tests.support.learned_store import MEMORIES, learned_store

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.recall.prepare()
        memory.consolidation.run(MEMORIES)
    yield path


def test_a_recall_shows_what_is_generally_known_with_its_sources(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.stores.open(store)
    window.go_to_view(ViewName.RECALL)
    workspace = window.workspace
    assert workspace is not None
    view = workspace.view(ViewName.RECALL)
    assert isinstance(view, RecallView)
    assert not view.known.isVisible()
    view.cue.set_record(False)
    view.cue.show_cue("parse the invoice of repo0")
    with qtbot.waitSignal(view.recalling.answered, timeout=30_000):
        view.cue.ask()
    shown = view.recalling.shown
    assert shown is not None and shown.recall is not None and shown.recall.known
    nearest = shown.recall.known[0]
    assert view.known.isVisible()
    assert view.known.links()[1 : 1 + len(nearest.sources)] == [
        str(source) for source in nearest.sources
    ]
    view.known.chosen.emit(nearest.prototype_id)
    prototypes = workspace.view(ViewName.PROTOTYPES)
    assert isinstance(prototypes, PrototypesView)
    qtbot.waitUntil(
        lambda: [prototype.id for prototype in prototypes.chosen()] == [nearest.prototype_id],
        timeout=30_000,
    )
    view.known.opened.emit(nearest.sources[0])
    assert workspace.navigator.current == Place(ViewName.EPISODES, nearest.sources[0])


def test_text_of_traces_is_plain_and_cut(qtbot: QtBot) -> None:
    panel = KnownPanel()
    qtbot.addWidget(panel)
    label = Label(("<b>bold</b>\u202e", "x" * 500), ("a.py",), ())
    panel.show_known([Known(7, 0.61, label, 9, (3, 4))])
    about, *sources = panel.links()
    assert about.startswith("◆ a.py, <b>bold</b>") and len(about) <= 90
    assert sources == ["3", "4"]
    panel.show_known([Known(7, 0.61, label, 9, (3, 4), "what <i>I</i> call it")])
    assert panel.links()[0].startswith("◆ what <i>I</i> call it: a.py")
    panel.show_known([Known(7, 0.61, Label((), (), ()), 9, (3, 4))])
    assert panel.links()[0] == "◆ topic 7"
    panel.show_known(())
    assert panel.isHidden()
