"""The notes that say something like a cue, and where they lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.controls.fact_list import LinkLabel
from app.kit.session import Session
from app.recall.noted_panel import NotedPanel
from hpm_engine import open_memory


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
