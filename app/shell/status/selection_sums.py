"""What the selected episodes come to, or all that a search found; told in the status bar."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.episodes.view import EpisodesView
from app.kit.formatting import counted, duration, money, number, scaled
from app.kit.latest_read import LatestRead
from app.kit.view_names import ViewName
from app.shell.workspace import Workspace
from hpm_engine import Job, Memory, Sums

_AFTER_MS = 150  # a person who walks through rows waits for no sum


class SelectionSums(QObject):
    """Follows the Episodes view of an open store; ``changed`` is empty where it says nothing."""

    changed = Signal(str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._read = LatestRead(workspace.session, self, whole_store=True)
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._ask)
        workspace.view_built.connect(self._on_view_built)
        workspace.navigator.moved.connect(lambda _: self._soon.start())

    def _on_view_built(self, name: ViewName, view: object) -> None:
        if name is ViewName.EPISODES and isinstance(view, EpisodesView):
            view.selection_changed.connect(self._soon.start)
            view.counted.connect(lambda *_: self._soon.start())

    def _ask(self) -> None:
        self._read.cancel()
        view = self._workspace.views.get(ViewName.EPISODES)
        here = self._workspace.navigator.current.view is ViewName.EPISODES
        if not here or not isinstance(view, EpisodesView):
            self.changed.emit("")
            return
        spans = view.table.selected_spans()
        several = sum(last - first + 1 for first, last in spans) > 1
        if not several and (not view.query().text or not view.model.rowCount()):
            self.changed.emit("")  # all there is: the store's own figures say it
            return
        ids = view.model.packed_ids(spans if several else [(0, view.model.rowCount() - 1)])
        word = "selected" if several else "found"
        self._read.ask(partial(_summed, ids), partial(self._tell, word), self._on_failed)

    def _on_failed(self, _: Exception) -> None:
        self.changed.emit("")  # sums of what was selected before would be untrue

    def _tell(self, word: str, sums: Sums) -> None:
        self.changed.emit(sentence(word, sums))


def sentence(word: str, sums: Sums) -> str:
    """``12 selected · 3 h 20 min · 1,204 steps · 340 k tokens · $4.12``."""
    parts = [f"{number(sums.episodes)} {word}"]
    parts += [duration(sums.duration)] if sums.duration else []
    parts.append(counted(sums.steps, "step"))
    parts += [f"{scaled(sums.tokens)} tokens"] if sums.tokens else []
    if sums.costed:
        known = "" if sums.costed == sums.episodes else f" (known of {number(sums.costed)})"
        parts.append(f"{money(sums.cost_usd)}{known}")
    return "  ·  ".join(parts)


def _summed(ids: bytes, memory: Memory, _job: Job) -> Sums:
    return memory.episodes.sums(ids)
