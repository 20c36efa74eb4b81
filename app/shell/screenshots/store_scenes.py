"""The views of the store as a whole: Overview, Audit and Health."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from app.audit.view import AuditView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.overview.view import OverviewView
from app.shell.screenshots.stage import Scene, Stage


def overview(stage: Stage) -> Scene:
    """The figures, page by page, and what models cost."""
    view = stage.go(ViewName.OVERVIEW)
    assert isinstance(view, OverviewView)
    yield from (None, None)
    stage.shoot("overview")
    for area in view.findChildren(QScrollArea):
        bar = area.verticalScrollBar()
        if area.height() < view.height() // 2 or not bar.maximum():
            continue
        for name, value in (("middle", bar.maximum() // 2), ("end", bar.maximum())):
            bar.setValue(value)
            yield None
            stage.shoot(f"overview-{name}")
        bar.setValue(0)
    yield from stage.dialog("prices", view.ask_prices)


def audit(stage: Stage) -> Scene:
    """What was done, one act of it, and what of it shall leave."""
    view = stage.go(ViewName.AUDIT)
    assert isinstance(view, AuditView)
    yield from (None, None)
    view.table.selectRow(0)
    view.verification.verify()
    yield from (None, None)
    stage.shoot("audit")
    yield from stage.dialog("audit-export", view.ask_export)


def health(stage: Stage) -> Scene:
    """How the store is, and the question before a long piece of work."""
    stage.go(ViewName.HEALTH)
    yield from (None, None)
    stage.shoot("health")
    yield from stage.dialog("tune", lambda: stage.run(Command.TUNE_ENCODER))
