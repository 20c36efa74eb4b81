"""The views of the store as a whole: Overview, Audit, Health and Agents."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from app.agents.view import AGENTS_TAB, REPLAY_TAB, AgentsView
from app.audit.view import AuditView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.overview.view import OverviewView
from app.shell.screenshots.stage import Scene, Stage, until


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


def agents(stage: Stage) -> Scene:
    """The agents of this computer, what connecting one would change, and past sessions asked."""
    view = stage.go(ViewName.AGENTS)
    assert isinstance(view, AgentsView)
    yield from until(lambda: view.agents.survey is not None)
    yield None
    stage.shoot("agents-view")  # "agents" is the question whose sessions are imported
    agents = view.agents.survey.agents if view.agents.survey else ()
    for name in [*view.agents.cards, *(facts.name for facts in agents)][:1]:
        yield from stage.dialog("agents-connect", lambda name=name: view.agents.ask_connect(name))  # type: ignore[misc]
    view.tabs.setCurrentIndex(REPLAY_TAB)
    yield None
    stage.shoot("replay-start")
    view.replay.ask()
    yield from until(lambda: view.replay.result is not None)
    yield from (None, None)
    stage.shoot("replay")
    view.tabs.setCurrentIndex(AGENTS_TAB)
