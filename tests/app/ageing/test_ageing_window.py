from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.ageing.ageing_dialog import AgeingDialog
from app.ageing.jobs import age, in_words
from app.episodes.raw_pane import RawPane
from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.masks.view import MasksView
from hpm_engine import (
    AgeingSettings,
    Budget,
    BudgetKind,
    Changed,
    EpisodeQuery,
    Originals,
    StepFlag,
    Tier,
    open_memory,
)
from tests.support.files.traces import trajectory
from tests.support.shown_views import show_view


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "traces"
    folder.mkdir()
    for number in range(4):
        text = trajectory(f"Find what broke number {number}", 30)
        text = text.replace("repo", f"repo{number % 2}")
        (folder / f"demo__repo{number % 2}-{number}.traj").write_text(text, "utf-8")
    path = tmp_path / "old.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([folder])
        memory.compression.ageing.set(AgeingSettings(newest=0, automatic=False))
    return path


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> MasksView:
    view = show_view(qtbot, session, MasksView, Place(ViewName.MASKS))
    qtbot.waitUntil(lambda: view.ageing.outlook is not None, timeout=20_000)
    return view


def opened(qtbot: QtBot, view: MasksView) -> AgeingDialog:
    view.change_ageing()
    qtbot.waitUntil(lambda: bool(view.findChildren(AgeingDialog)), timeout=20_000)
    [dialog] = view.findChildren(AgeingDialog)
    return dialog


def settled(qtbot: QtBot, dialog: AgeingDialog) -> None:
    qtbot.waitUntil(lambda: not dialog._rest.isActive() and not dialog._read.busy, timeout=20_000)


def test_the_line_says_how_it_ages_and_what_is_due(view: MasksView) -> None:
    line = view.ageing
    assert "the 0 newest keep their full text" in line.settings.whole_text()
    assert "original files are kept" in line.settings.whole_text()
    assert "4 episodes to compress, when asked" in line.due.whole_text()
    assert line.now.isEnabled() and line.change.isEnabled()
    assert line.running.isHidden()


def test_age_now_compresses_shows_its_way_and_finds_nothing_due(
    qtbot: QtBot, view: MasksView, store: Path
) -> None:
    seen: list[bool] = []
    view._session.job_started.connect(lambda _: seen.append(not view.ageing.running.isHidden()))
    view.ageing.now.click()
    assert seen == [True]
    assert not view.ageing.now.isEnabled()
    qtbot.waitUntil(lambda: "Nothing is due" in view.ageing.due.whole_text(), timeout=30_000)
    assert view.ageing.running.isHidden()
    with open_memory(store, read_only=True) as memory:
        results = memory.episodes.find(EpisodeQuery())
        tiers = {episode.tier for episode in memory.episodes.get(results.window(0, len(results)))}
    assert tiers == {Tier.COMPRESSED}


def test_it_can_be_stopped(
    qtbot: QtBot, view: MasksView, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.compressor.tier._BATCH", 1)
    view.ageing.now.click()
    QTimer.singleShot(0, view.ageing.running.button.click)
    qtbot.waitUntil(lambda: view.ageing._task is None, timeout=30_000)
    qtbot.waitUntil(lambda: view.ageing.now.isEnabled(), timeout=30_000)


def test_letting_go_is_previewed_and_asks_for_a_word_of_its_own(
    qtbot: QtBot, view: MasksView, store: Path, session: Session
) -> None:
    with qtbot.waitSignal(age(session).succeeded, timeout=30_000):
        pass
    dialog = opened(qtbot, view)
    settled(qtbot, dialog)
    assert dialog.accepting.isEnabled() and dialog.agreed.isHidden()
    assert dialog.accepting.text() == "Save" and dialog.accepting.isDefault()
    dialog.choices[Originals.EVICTED].setChecked(True)
    assert not dialog.accepting.isEnabled(), "not before it was said what would go"
    settled(qtbot, dialog)
    said = dialog.goes.whole_text()
    assert "4 episodes" in said and "cannot be undone" in said
    assert dialog.leaving.rowCount() == 4
    assert not dialog.agreed.isHidden() and not dialog.accepting.isEnabled()
    dialog.agreed.setChecked(True)
    assert dialog.accepting.isEnabled()
    assert dialog.accepting.text() == "Delete permanently" and not dialog.accepting.isDefault()
    rows = [*dialog.choices.values(), dialog.days]
    assert all(row.height() >= row.minimumSizeHint().height() for row in rows), "none is crushed"
    dialog.choices[Originals.DAYS].setChecked(True)
    settled(qtbot, dialog)
    assert "Nothing would be deleted now" in dialog.goes.whole_text()
    assert "4 waiting for their days" in dialog.goes.whole_text()
    assert not dialog.agreed.isChecked(), "another choice is asked about again"
    dialog.choices[Originals.EVICTED].setChecked(True)
    settled(qtbot, dialog)
    dialog.agreed.setChecked(True)
    with qtbot.waitSignal(session.changed, timeout=20_000):
        dialog.accepting.click()
    with open_memory(store, read_only=True) as memory:
        assert memory.compression.ageing.settings().originals is Originals.EVICTED
        assert all(episode.evicted_at is None for episode in memory.episodes.get([1, 2, 3, 4])), (
            "not yet"
        )
    qtbot.waitUntil(
        lambda: "4 of which only what is kept would stay" in view.ageing.due.whole_text(),
        timeout=20_000,
    )
    view.ageing.now.click()
    qtbot.waitUntil(lambda: "Nothing is due" in view.ageing.due.whole_text(), timeout=30_000)
    with open_memory(store, read_only=True) as memory:
        assert all(episode.evicted_at for episode in memory.episodes.get([1, 2, 3, 4]))
        assert any(step.flags & StepFlag.ABRIDGED for step in memory.steps.read(1))


def test_budgets_of_the_store_and_of_projects_are_kept(
    qtbot: QtBot, view: MasksView, store: Path, session: Session
) -> None:
    dialog = opened(qtbot, view)
    name = dialog.projects.project.currentData()
    dialog.projects.budget.setCurrentText("1/12 of the packed size")
    dialog.budget.ratio.setValue(16)
    dialog.newest.setValue(2)
    dialog.automatic.setChecked(True)
    settled(qtbot, dialog)
    assert "2 episodes to compress" in dialog.moves.whole_text()
    with qtbot.waitSignal(session.changed, timeout=20_000):
        dialog.accepting.click()
    with open_memory(store, read_only=True) as memory:
        kept = memory.compression.ageing.settings()
    assert kept.projects == {name: Budget(BudgetKind.DEEP)}
    assert (kept.budget.ratio, kept.newest, kept.automatic) == (16, 2, True)


def test_a_project_goes_back_to_the_budget_of_the_store(qtbot: QtBot, view: MasksView) -> None:
    dialog = opened(qtbot, view)
    dialog.projects.budget.setCurrentText("1/12 of the packed size")
    dialog.projects.budget.setCurrentText("as all")
    assert dialog.settings().projects == {}
    dialog.reject()


def test_settings_that_make_no_sense_are_said(qtbot: QtBot, view: MasksView, store: Path) -> None:
    with open_memory(store) as memory:
        memory.settings.set("compression.newest", "many")
    view.refresh(Changed.SETTINGS)
    qtbot.waitUntil(lambda: "make no sense" in view.ageing.settings.whole_text(), timeout=20_000)


def test_the_record_pane_says_that_the_original_was_deleted(
    qtbot: QtBot, session: Session, store: Path
) -> None:
    with open_memory(store) as memory:
        memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
        memory.compression.ageing.run()
    pane = RawPane(session)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_record(1, 2)
    qtbot.waitUntil(lambda: "deleted" in pane._page.notice, timeout=20_000)


def test_settings_are_told_in_words() -> None:
    assert in_words(AgeingSettings(originals=Originals.DAYS, days=1)).endswith("after 1 day")
