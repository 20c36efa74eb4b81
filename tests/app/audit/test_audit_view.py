from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from pytestqt.qtbot import QtBot

from app.audit.audit_table import ShownAct
from app.audit.export_dialog import FORMS, ExportDialog, Form
from app.audit.view import AuditView
from app.kit.controls.fact_list import LinkLabel
from app.kit.link import audit_place
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import AuditFilter, EpisodeQuery, Job, open_memory
from tests.support.files.traces import make_store

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = make_store(tmp_path / "my.hpm", ["Sort the shelf", "Paint 1 < 2", "Mend the roof"])
    with open_memory(path, actor="person") as memory:
        memory.marks.add_tag([1, 2, 3], "review")
        memory.searches.save("broken", "outcome:failure")
        memory.marks.set_pinned([2], True)
    return path


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.AUDIT))


@pytest.fixture
def view(qtbot: QtBot, session: Session, navigator: Navigator) -> AuditView:
    view = AuditView(session, navigator)
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    qtbot.waitUntil(lambda: view.model.row(0) is not None)
    return view


def row(view: AuditView, position: int) -> ShownAct:
    shown = view.model.row(position)
    assert shown is not None
    return shown


def sentences(view: AuditView) -> list[str]:
    rows = [view.model.row(position) for position in range(view.model.rowCount())]
    return [shown.act.text for shown in rows if shown is not None]


def test_acts_are_sentences_newest_first(view: AuditView) -> None:
    assert sentences(view)[:3] == [
        "“Paint 1 < 2” pinned",
        "Search “broken” saved",
        "Tag “review” put on 3 episodes",
    ]
    assert view.model.index(2, 2).data().startswith("▸ Tag")


def test_the_exact_row_is_under_details(qtbot: QtBot, view: AuditView) -> None:
    view.table.selectRow(0)
    qtbot.waitUntil(lambda: "action   pin" in view.pane.exact.toPlainText())
    assert "episode:2" in view.pane.exact.toPlainText()
    assert view.pane.sentence.whole_text() == "“Paint 1 < 2” pinned"
    assert not view.pane.details.is_open


def test_what_was_done_at_once_opens_into_its_rows(qtbot: QtBot, view: AuditView) -> None:
    before = view.model.rowCount()
    view.table.selectRow(2)
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: view.model.rowCount() == before + 3)
    qtbot.waitUntil(lambda: view.model.row(3) is not None)
    assert row(view, 3).within and row(view, 3).act.text == "Tag “review” put on “Mend the roof”"
    assert view.model.index(2, 2).data().startswith("▾ Tag")
    assert view.table.current_row() == 2
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: view.model.rowCount() == before)


def test_enter_goes_to_what_a_row_is_about(
    qtbot: QtBot, view: AuditView, navigator: Navigator
) -> None:
    view.table.selectRow(0)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert navigator.current == Place(ViewName.EPISODES, 2)
    view.table.selectRow(1)
    with qtbot.waitSignal(view.query_wanted) as wanted:
        qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert wanted.args == [EpisodeQuery(text="outcome:failure")]


def test_links_below_lead_to_the_subject_and_to_the_other_of_a_pair(
    qtbot: QtBot, session: Session, view: AuditView, navigator: Navigator, store: Path
) -> None:
    with open_memory(store, actor="person") as memory:
        memory.marks.undo(memory.marks.add_tag([1], "later"))
    view.reload()
    qtbot.waitUntil(
        lambda: sentences(view)[:1] == ["Undone: tag “later” taken from “Sort the shelf”"]
    )
    view.table.selectRow(0)
    view._on_row()

    def pressed(text: str) -> bool:
        labels = view.pane.findChildren(LinkLabel)
        links = [link for link in labels if link.isVisible() and link.whole_text() == text]
        for link in links:
            link._go()
        return bool(links)

    qtbot.waitUntil(lambda: pressed("Show what it takes back"))
    assert view.table.current_row() == 1
    qtbot.waitUntil(lambda: pressed("Open the episode"))
    assert navigator.current == Place(ViewName.EPISODES, 1)


def test_all_actions_of_the_store_can_be_chosen_by_their_names(
    qtbot: QtBot, view: AuditView
) -> None:
    box = view.filters._action
    names = [box.itemText(index) for index in range(box.count())]
    assert names[0] == "Anything done" and "Sessions imported (3)" in names
    assert "Tag put on (3)" in names and "Pinned (1)" in names
    assert box.sizeHint().width() >= max(map(box.fontMetrics().horizontalAdvance, names))
    view.filters.choose_action("import")
    qtbot.waitUntil(lambda: view._shown == AuditFilter(action="import"))
    assert view.filters.count.whole_text() == "1 act of 3 rows"
    view.filters.search("never done")
    qtbot.waitUntil(lambda: view.page.notice == "No row matches")
    view.filters.clear()
    qtbot.waitUntil(lambda: view._shown == AuditFilter())


def test_the_history_of_one_episode_is_shown_and_left(qtbot: QtBot, view: AuditView) -> None:
    view.show_history(2)
    qtbot.waitUntil(lambda: view._shown == AuditFilter(episode_id=2))
    qtbot.waitUntil(lambda: view.model.row(0) is not None)
    assert all("Paint 1 < 2" in sentence for sentence in sentences(view))
    assert "History of episode 2" in view.filters._history.text()
    view.filters._history.click()
    qtbot.waitUntil(lambda: view._shown == AuditFilter())


def dialog_of(view: AuditView, qtbot: QtBot) -> ExportDialog:
    dialog = view.ask_export()
    qtbot.waitUntil(lambda: "row" in dialog.whole.text())
    return dialog


def test_an_export_goes_by_the_filters_in_sight_not_by_the_rows_of_before(
    qtbot: QtBot, view: AuditView
) -> None:
    view.show_history(2)
    dialog = view.ask_export()  # before its rows have come
    assert dialog.part.isChecked() and dialog.filter == AuditFilter(episode_id=2)
    assert dialog.form.name == "csv"


def test_the_export_says_what_leaves_and_what_can_be_checked(qtbot: QtBot, view: AuditView) -> None:
    dialog = dialog_of(view, qtbot)
    assert dialog.whole.isChecked() and not dialog.part.isEnabled()
    said = set()
    for form, radio in dialog.forms.items():
        radio.setChecked(True)
        assert dialog.says.whole_text() == form.holds
        assert dialog.check.whole_text() == form.check
        said.add(Path(dialog.file.text()).suffix)
    assert said == {".jsonl", ".csv", ".html", ".txt"}
    dialog.reject()


def test_a_filtered_export_is_said_to_be_a_part_before_and_after(
    qtbot: QtBot, view: AuditView, tmp_path: Path
) -> None:
    view.filters.choose_action("tag")
    qtbot.waitUntil(lambda: view._shown == AuditFilter(action="tag"))
    dialog = dialog_of(view, qtbot)
    assert dialog.part.isChecked() and "3 rows" in dialog.part.text()
    assert "how many were left out" in dialog.check.whole_text()
    name = Path(dialog.file.text()).name
    assert name.startswith("audit-my-20") and name.endswith("-part.csv")
    dialog.forms[FORMS[0]].setChecked(True)
    dialog.file.setText(str(tmp_path / "log.jsonl"))
    dialog.save.click()
    qtbot.waitUntil(lambda: view._exported.whole_text().startswith("✓ 3 rows exported"))
    assert "part of the log" in view._exported.whole_text()
    assert (tmp_path / "log.jsonl.proof.zip").exists()
    lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["action"] for line in lines} == {"tag"}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_written(qtbot: QtBot, view: AuditView, tmp_path: Path, form: Form) -> None:
    target = tmp_path / f"log.{form.ending}"
    view.export(target, form.name, AuditFilter())
    qtbot.waitUntil(lambda: view._exported.whole_text().startswith("✓ 9 rows"))
    text = target.read_text("utf-8")
    if form.name == "csv":
        assert len(list(csv.reader(text.splitlines()))) == 10
    elif form.name == "html":
        assert "Paint 1 &lt; 2" in text


def test_an_export_that_fails_says_why(qtbot: QtBot, view: AuditView, tmp_path: Path) -> None:
    view.export(tmp_path / "missing" / "log.csv", "csv", AuditFilter())
    qtbot.waitUntil(lambda: view._exported.whole_text().startswith("✗ Not exported"))


def test_a_sound_chain_is_verified_and_its_limits_are_said(qtbot: QtBot, view: AuditView) -> None:
    view.verification.verify()
    qtbot.waitUntil(lambda: view.verification.state.startswith("✓ The chain of"))
    assert "Signed up to row" in view.verification._head.whole_text()


def test_the_log_is_verified_against_a_checkpoint_that_was_saved(
    qtbot: QtBot, view: AuditView, tmp_path: Path
) -> None:
    saved = tmp_path / "kept.txt"
    view.export(saved, "checkpoint", AuditFilter())
    qtbot.waitUntil(saved.exists)
    view.verification.verify_against(saved)
    goes_on = "holds and goes on from the checkpoint"
    qtbot.waitUntil(lambda: goes_on in view.verification.state)
    saved.write_text("something else", "utf-8")
    view.verification.verify_against(saved)
    qtbot.waitUntil(lambda: "no checkpoint of a log" in view.verification.state)
    view.verification.verify_against(tmp_path / "gone.txt")
    assert "cannot be read" in view.verification.state


def test_a_changed_row_breaks_the_chain(qtbot: QtBot, store: Path, navigator: Navigator) -> None:
    database = sqlite3.connect(store)
    triggers = database.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'"
    ).fetchall()
    for (name,) in triggers:
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
    database.commit()
    database.close()
    session = Session(store)
    view = AuditView(session, navigator)
    session.setParent(view)  # a view must not outlive the session that it listens to
    qtbot.addWidget(view)
    view.verification.verify()
    qtbot.waitUntil(lambda: view.verification.state.startswith("✗ The chain is broken at row 2"))
    session.close()


def test_a_chosen_row_is_a_place_with_facts(
    qtbot: QtBot, view: AuditView, navigator: Navigator, store: Path
) -> None:
    view.table.selectRow(1)
    view.table.selectRow(0)
    newest = row(view, 0).act.span.last
    assert navigator.current == Place(ViewName.AUDIT, audit_row=newest)
    gone: list[Place] = []
    read = view.facts_of(navigator.current, gone.append)
    assert read is not None
    with open_memory(store, read_only=True) as memory:
        facts = read(memory, Job())
    assert facts.name == "“Paint 1 < 2” pinned"
    (link,) = facts.related[0].facts
    assert link.go is not None
    link.go()
    assert gone == [Place(ViewName.EPISODES, 2)]
    first = row(view, 2).act.span.first
    view.restore(Place(ViewName.AUDIT, audit_row=first + 1))
    assert view.table.current_row() == 2


def test_the_history_of_an_episode_leaves_as_a_table_in_four_acts(
    qtbot: QtBot, view: AuditView, tmp_path: Path
) -> None:
    view.show_history(2)  # two acts: its menu, and the command
    qtbot.waitUntil(lambda: view._shown == AuditFilter(episode_id=2))
    qtbot.waitUntil(lambda: view._export.isEnabled())
    view._export.click()  # the third
    (dialog,) = view.findChildren(ExportDialog)
    assert dialog.form.name == "csv" and dialog.save.isDefault()
    dialog.file.setText(str(tmp_path / "history.csv"))
    dialog.save.click()  # the fourth
    qtbot.waitUntil(lambda: (tmp_path / "history.csv").exists())
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text("utf-8").splitlines()))
    assert [each["action"] for each in rows] == ["import", "tag", "pin"]


def entries(view: AuditView) -> dict[str, QAction]:
    return {action.text(): action for action in view._menu() if action is not None}


def test_a_row_has_a_menu_whose_disabled_entries_say_why(qtbot: QtBot, view: AuditView) -> None:
    view.table.selectRow(1)  # of a saved search
    shown = entries(view)
    assert not shown["Show Its Rows"].isEnabled()
    assert "one row" in shown["Show Its Rows"].toolTip()
    assert "no single episode" in shown["History of This Episode"].toolTip()
    shown["Copy What Was Done"].trigger()
    assert QGuiApplication.clipboard().text() == "Search “broken” saved"
    view.table.selectRow(0)
    qtbot.waitUntil(lambda: "hash" in view.pane.exact.toPlainText())
    entries(view)["Copy the Exact Row"].trigger()
    assert "action   pin" in QGuiApplication.clipboard().text()
    only = next(text for text in entries(view) if text.startswith("Show Only “Pin"))
    entries(view)[only].trigger()
    qtbot.waitUntil(lambda: view._shown == AuditFilter(action="pin"))
    view.filters.clear()
    qtbot.waitUntil(lambda: view._shown == AuditFilter())
    qtbot.waitUntil(lambda: "Show Only “person”" in entries(view))
    entries(view)["Show Only “person”"].trigger()
    qtbot.waitUntil(lambda: view._shown == AuditFilter(actor="person"))


def test_a_row_that_filters_hide_is_shown_once_it_is_gone_to(
    qtbot: QtBot, view: AuditView, navigator: Navigator
) -> None:
    number = row(view, 1).act.span.last
    view.filters.choose_action("pin")
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    view.restore(Place(ViewName.AUDIT, audit_row=number))
    qtbot.waitUntil(lambda: view.table.current_row() == 1 and view.model.rowCount() > 1)
    assert view.filters.filter() == AuditFilter()


def test_the_log_tells_where_it_tells_of_a_subject(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        place = audit_place("episode:2", memory, Job())
        assert place.audit_row is not None
        row = memory.audit.numbered(place.audit_row)
        assert row is not None and (row.subject, row.action) == ("episode:2", "pin")
        assert audit_place("episode:22", memory, Job()) == Place(ViewName.AUDIT)
