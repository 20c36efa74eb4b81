"""The notes that say something like a cue, and where they lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.controls.fact_list import LinkLabel
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.recall.noted_panel import NotedPanel
from app.recall.recall_answer import Question
from app.recall.view import RecallView
from hpm_engine import Reader, RecallScope, open_memory


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "CLAUDE.md").write_text("# Kiln\n\nFire the <i>kiln</i> slowly.\n")
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "CLAUDE.md"])
    return tmp_path / "a.hpm"


def test_a_cue_finds_notes_and_leads_to_them(qtbot: QtBot, session: Session) -> None:
    panel = NotedPanel(session)
    qtbot.addWidget(panel)
    panel.show_cue("how to fire a kiln")
    qtbot.waitUntil(lambda: len(panel.hits) == 1)
    (link,) = panel.findChildren(LinkLabel)
    assert link.whole_text() == "Fire the <i>kiln</i> slowly."
    with qtbot.waitSignal(panel.chosen) as chosen:
        qtbot.keyClick(link, " ")
    assert chosen.args == [1]
    panel.show_cue("")
    assert panel.isHidden()
    panel.show_cue("glaze")
    qtbot.wait(50)
    assert not panel.hits


def test_an_agents_recall_shows_the_notes_that_it_is_given(
    qtbot: QtBot, session: Session, store: Path
) -> None:
    view = RecallView(session, Navigator(Place(ViewName.RECALL)))
    qtbot.addWidget(view)
    view.show()
    for reader, expected in (
        (Reader("codex", "elsewhere"), 0),
        (Reader("codex", store.parent.name), 1),
        (None, 1),
        (Reader("codex"), 0),
    ):
        scope = RecallScope(reader=reader)
        with qtbot.waitSignal(view.recalling.answered):
            view.ask(Question("how to fire a kiln", scope=scope, record=False))
        qtbot.waitUntil(lambda expected=expected: len(view.noted.hits) == expected)  # type: ignore[misc]
        given = expected if reader is not None else 0
        assert ("noted by a person" in view.context.text.toPlainText()) == bool(given)
        assert ("· 1 note" in view.context._facts.whole_text()) == bool(given)
