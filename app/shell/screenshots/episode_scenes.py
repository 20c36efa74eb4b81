"""The Episodes view: its layouts, filters, searches, notes, the comparison, what stands beside."""

from __future__ import annotations

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.shell.screenshots.stage import Scene, Stage, until
from hpm_engine import Job, Memory, StepFlag

_ERROR = StepFlag.ERROR | StepFlag.NOT_EXECUTED
_NOTE = "The second attempt is the one to learn from: it runs the test before the edit."


def view_of(stage: Stage) -> EpisodesView:
    """The Episodes view on screen."""
    view = stage.go(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    return view


def episodes(stage: Stage) -> Scene:
    """At the first error of an episode, in each layout."""
    view = view_of(stage)
    yield None
    if stage.episodes:
        episode_id = stage.episodes[0]
        seqs: list[int] = []

        def failing_step(memory: Memory, job: Job) -> int:
            outline = memory.steps.outline(episode_id)
            return next((step.seq for step in outline if step.flags & _ERROR), 0)

        task = stage.workspace.session.read(failing_step)
        task.succeeded.connect(seqs.append)
        yield task.finished
        stage.workspace.navigator.go(Place(ViewName.EPISODES, episode_id, seqs[0]))
        yield from until(lambda: view.pane.timeline.outline is not None)
        yield from (None, None)
    stage.shoot("episodes")
    for name, command in (
        ("episodes-above", Command.LAYOUT_ABOVE),
        ("episodes-alone", Command.LAYOUT_ALONE),
    ):
        stage.run(command)
        yield None
        stage.shoot(name)
    stage.run(Command.LAYOUT_LEFT)
    stage.run(Command.SIDEBAR)
    yield from (None, None)
    stage.shoot("episodes-filters")
    stage.run(Command.SIDEBAR)
    stage.run(Command.READ)
    yield None
    stage.shoot("reading")
    stage.run(Command.READ)
    yield None


def conversation(stage: Stage) -> Scene:
    """What is done in a conversation: notes, finding, what compression keeps of it, comparing."""
    view = view_of(stage)
    pane = view.pane
    stage.run(Command.NOTE)
    yield None
    pane.notes.editor.text.setPlainText(_NOTE)
    yield None
    stage.shoot("notes")
    pane.notes.leave()
    pane.finder.open_search()
    pane.finder.line.setText("error")
    yield from (None, None)
    stage.shoot("find-in-conversation")
    pane.finder.close_search()
    stage.run(Command.MASK_OVERLAY)
    yield from (None, None)
    stage.shoot("episodes-mask")
    stage.run(Command.MASK_OVERLAY)
    if len(stage.episodes) > 1:
        yield from stage.dialog("compare-with", lambda: stage.run(Command.COMPARE))
        pane.compare(stage.episodes[0], stage.episodes[1])
        yield from (None, None)
        stage.shoot("compare")
        pane.show_episode(stage.episodes[0], "", 0)
        yield None


def searching(stage: Stage) -> Scene:
    """A search, one that is wrong, completions, and what is found by nothing."""
    view_of(stage)
    search = stage.window.search
    for name, query in (
        ("search", "error has:error"),
        ("search-wrong", "error projct:x"),
        ("search-nothing", "xyzzyplugh"),
    ):
        search.line.setText(query)
        yield from (None, None, None)
        stage.shoot(name)
    search.line.setFocus()
    search.line.setText("error agent:")
    search.completions.offer()
    yield None
    stage.shoot("search-completion")
    search.completions.hide()
    yield from stage.dialog("search-save", lambda: stage.run(Command.SEARCH_SAVE))
    search.line.clear()
    yield from (None, None)


def side_pane(stage: Stage) -> Scene:
    """Each page of the side pane for a step, and its facts for what other views select."""
    view_of(stage)
    pane = stage.window.side_pane
    shown = pane.isVisible()
    pane.setVisible(True)
    for index in range(pane.tabs.count()):
        pane.tabs.setCurrentIndex(index)
        yield from (None, None)
        stage.shoot(f"side-{pane.tabs.tabText(index).lower()}")
    pane.tabs.setCurrentIndex(0)
    for name in ViewName:
        stage.go(name)
        yield from (None, None)
        stage.shoot(f"side-{name.value}")
    pane.setVisible(shown)
    view_of(stage)
    yield None


def dialogs(stage: Stage) -> Scene:
    """What is asked of episodes."""
    view = view_of(stage)
    yield None
    for name, command in (
        ("tag", Command.TAG_ADD),
        ("export", Command.EXPORT),
        ("give-back", Command.GIVE_BACK),
        ("erase", Command.ERASE),
        ("erase-text", Command.ERASE_TEXT),
        ("trash", Command.TRASH),
        ("saved-states", Command.SAVED_STATES),
        ("secrets", Command.SECRETS),
        ("countdown", Command.COUNTDOWN),
    ):
        yield from stage.dialog(name, lambda command=command: stage.run(command))  # type: ignore[misc]
    target = "https://example.com/a/long/way/into/a/repository/with-many-words-in-its-name.html"
    yield from stage.dialog("link", lambda: view.pane.timeline.link_asked.emit(target))
