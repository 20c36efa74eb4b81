"""What the selected episodes come to, or all that a search found; told in the status bar."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

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
        self._shown: _Scope | None = None  # of which episodes the sums are told
        workspace.view_built.connect(self._on_view_built)
        workspace.navigator.moved.connect(lambda _: self._on_moved())

    def _on_view_built(self, name: ViewName, view: object) -> None:
        if name is ViewName.EPISODES and isinstance(view, EpisodesView):
            view.selection_changed.connect(self._on_moved)
            view.counted.connect(lambda *_: self._on_moved())

    def _scope(self) -> _Scope | None:
        """The episodes to be summed up; ``None`` where the store's own figures say it."""
        view = self._workspace.views.get(ViewName.EPISODES)
        here = self._workspace.navigator.current.view is ViewName.EPISODES
        if not here or not isinstance(view, EpisodesView):
            return None
        query, rows = view.query().text, view.model.rowCount()
        spans = tuple(view.table.selected_spans())
        if sum(last - first + 1 for first, last in spans) > 1:
            return _Scope("selected", spans, query)
        return _Scope("found", ((0, rows - 1),), query) if query and rows else None

    def _on_moved(self) -> None:
        """Take away sums of other episodes at once; add up a moment later."""
        self._soon.start()
        scope = self._scope()
        if scope != self._shown:
            self._shown = scope
            self._read.cancel()
            self.changed.emit("" if scope is None else scope.awaited())

    def _ask(self) -> None:
        self._read.cancel()
        scope, view = self._scope(), self._workspace.views.get(ViewName.EPISODES)
        if scope is None or not isinstance(view, EpisodesView):
            self.changed.emit("")
            return
        ids = view.model.packed_ids(list(scope.spans))
        self._read.ask(partial(_summed, ids), partial(self._tell, scope.word), self._on_failed)

    def _on_failed(self, _: Exception) -> None:
        self.changed.emit("")  # sums of what was selected before would be untrue

    def _tell(self, word: str, sums: Sums) -> None:
        self.changed.emit(sentence(word, sums))


class _Scope(NamedTuple):
    """Rows of a search, from and up to which, and what they are called."""

    word: str
    spans: tuple[tuple[int, int], ...]
    query: str

    def awaited(self) -> str:
        """What is said until they are added up."""
        count = sum(last - first + 1 for first, last in self.spans)
        return f"{number(count)} {self.word}  ·  adding up…"


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
