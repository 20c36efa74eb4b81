"""The views of what memory makes of episodes: Masks, Recall, Prototypes and Consolidation."""

from __future__ import annotations

from app.consolidation.view import ConsolidationView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.masks.view import MasksView
from app.notes.view import NOTES_TAB, WAITING_TAB, NotesView
from app.prototypes.map.scene import ColourBy
from app.prototypes.view import PrototypesView
from app.recall.view import RecallView
from app.shell.screenshots.stage import Scene, Stage, until
from hpm_engine import EpisodeQuery, Job, Memory

_CYCLES = 4  # in a store that has none


def masks(stage: Stage) -> Scene:
    """One scorer, two beside each other, what would move, all that is compressed, ageing."""
    view = stage.go(ViewName.MASKS)
    assert isinstance(view, MasksView)
    view.pages.setCurrentWidget(pane := view.pane)
    yield from until(lambda: pane.ladder.readings() is not None)
    stage.shoot("masks")
    pane.more.set_open(True)
    pane.budget.other.setCurrentIndex(pane.budget.other.findData("files"))
    yield from until(lambda: pane.ladder.readings() is not None)
    yield from until(lambda: None not in pane.details.rebuilt.shown)
    stage.shoot("masks-beside")
    pane.more.set_open(False)
    yield from stage.dialog("compress", view.ask_to_compress_this)
    view.pages.setCurrentWidget(view.store)
    yield from (None, None)
    stage.shoot("masks-store")
    yield from until(lambda: view.ageing.outlook is not None)
    yield from stage.dialog("ageing", view.change_ageing)


def recall(stage: Stage) -> Scene:
    """A trial, not recorded, what if its first hit were absent, those before, who may see what."""
    view = stage.go(ViewName.RECALL)
    assert isinstance(view, RecallView)
    yield from until(lambda: view.index.waiting is not None)
    stage.shoot("recall-empty")
    if view.index.waiting:
        view.index.begin()
        while stage.workspace.session.writing:
            yield None
    tasks: list[str] = []
    chosen = stage.workspace.session.read(_a_task)
    chosen.succeeded.connect(tasks.append)
    yield chosen.finished
    view.cue.show_cue(tasks[0])
    view.cue.set_record(False)
    for _ in range(2):  # the first has to load the encoder
        view.cue.ask()
        yield view.recalling.answered
    yield None
    stage.shoot("recall")
    view.leave_out()
    yield view.recalling.answered
    stage.shoot("recall-absent")
    view.show_past()
    yield None
    stage.shoot("recall-past")
    yield from stage.dialog("visibility", lambda: stage.run(Command.VISIBILITY))


def consolidation(stage: Stage) -> Scene:
    """A few cycles, the preview of one, what is for researchers, the schedule, undoing."""
    view = stage.go(ViewName.CONSOLIDATION)
    assert isinstance(view, ConsolidationView)
    stage.workspace.keeping.look()
    yield from until(lambda: view.standing is not None)
    if view.standing is not None and not view.standing.cycles:
        stage.shoot("consolidation-empty")
        for _ in range(_CYCLES):
            view.run_cycle()
            yield from until(lambda: not view.notice.busy)
            yield None
    yield from (None, None)
    stage.shoot("consolidation")
    view.research.set_open(True)
    yield from (None, None)
    stage.shoot("consolidation-research")
    view.research.set_open(False)
    view.preview_cycle()
    yield from until(lambda: view.card.stands)
    yield None
    stage.shoot("consolidation-preview")
    view.discard()
    yield from stage.dialog("schedule", view.change_schedule)
    yield from stage.dialog("undo", view.ask_to_undo)


def prototypes(stage: Stage) -> Scene:
    """The map laid out, one topic chosen, an earlier cycle, merging and forgetting."""
    view = stage.go(ViewName.PROTOTYPES)
    assert isinstance(view, PrototypesView)
    yield from until(lambda: view.map is not None)
    if view.map is None:
        stage.shoot("prototypes")
        return
    pane = view.map
    yield from until(lambda: not pane.notice.isVisible())  # or quick, where UMAP is not ready
    view.select_rows([0])
    yield from (None, None)
    stage.shoot("prototypes")
    yield from stage.dialog("topic-name", lambda: stage.run(Command.PROTOTYPE_RENAME))
    yield from stage.dialog("forget", lambda: stage.run(Command.PROTOTYPE_FORGET))
    view.select_rows([0, 1])
    yield None
    yield from stage.dialog("merge", lambda: stage.run(Command.PROTOTYPE_MERGE))
    view.select_rows([])
    pane.slider.slider.setValue(max(0, pane.slider.slider.maximum() - 1))
    pane.colours.setCurrentIndex(pane.colours.findData(ColourBy.HELD.value))
    yield None
    stage.shoot("prototypes-drift")


def _a_task(memory: Memory, job: Job) -> str:
    """What an episode in the middle of the store was about."""
    matches = memory.episodes.find(EpisodeQuery(top_level=True))
    middle = len(matches) // 2
    tasks = [episode.task for episode in memory.episodes.get(matches.window(middle, middle + 1))]
    return tasks[0] if tasks else "anything"


def notes(stage: Stage) -> Scene:
    """A note's text, the evidence for its lines, its versions, and what waits to become one."""
    view = stage.go(ViewName.NOTES)
    assert isinstance(view, NotesView)
    yield from (None, None)
    for tab, name in enumerate(("", "-evidence", "-versions")):
        view.pane.tabs.setCurrentIndex(tab)
        yield from (None, None)
        stage.shoot(f"memory-notes{name}")  # "notes" are a person's, on an episode
    view.pane.tabs.setCurrentIndex(0)
    view.tabs.setCurrentIndex(WAITING_TAB)
    yield from (None, None)
    stage.shoot("memory-notes-waiting")
    view.tabs.setCurrentIndex(NOTES_TAB)
