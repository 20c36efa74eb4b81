"""The search box at work: it steers the Episodes view and shows what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject

from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.search.actions import ask_name
from app.search.search_box import SearchBox
from app.shell.workspace import Workspace
from hpm_engine import BadQuery, EpisodeQuery, SavedSearch

if TYPE_CHECKING:
    from app.audit.view import AuditView
    from app.notes.view import NotesView
    from app.overview.view import OverviewView
    from app.prototypes.view import PrototypesView


class Searching(QObject):
    """Joins the search box with the Episodes view of the open store."""

    def __init__(self, box: SearchBox, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._box, self._workspace = box, workspace
        box.asked.connect(self._ask)
        box.left.connect(self._give_back)
        box.saved.chosen.connect(self._run)
        workspace.view_built.connect(self._on_view_built)
        workspace.searches.listed.connect(box.saved.show_searches)

    def _view(self) -> EpisodesView | None:
        view = self._workspace.view(ViewName.EPISODES)
        return view if isinstance(view, EpisodesView) else None

    def _on_view_built(self, name: ViewName, view: object) -> None:
        if isinstance(view, EpisodesView):
            view.counted.connect(self._box.show_count)
            view.query_failed.connect(self._on_failed)
            view.query_changed.connect(lambda query: self._box.set_query(query.text))
            view.facets_read.connect(self._box.completions.set_facets)
            view.notes_wanted.connect(self._show_notes)
            searches = view.filters.list
            searches.rename_asked.connect(lambda search: ask_name(self._workspace, search.name))
            searches.delete_asked.connect(self._workspace.searches.delete)
        elif name in (ViewName.OVERVIEW, ViewName.AUDIT, ViewName.PROTOTYPES):
            cast("OverviewView | AuditView | PrototypesView", view).query_wanted.connect(self._show)

    def _on_failed(self, error: object) -> None:
        if isinstance(error, BadQuery):
            self._box.show_wrong(error)

    def _ask(self, text: str) -> None:
        if view := self._view():
            self._workspace.show(ViewName.EPISODES)
            view.set_query(msgspec.structs.replace(view.query(), text=text))

    def _show(self, query: EpisodeQuery) -> None:
        if view := self._view():
            self._workspace.show(ViewName.EPISODES)
            view.set_query(query)

    def _show_notes(self, text: str) -> None:
        here = self._workspace.navigator.current
        self._workspace.navigator.go(Place(ViewName.NOTES, here.episode_id, here.seq))
        view = cast("NotesView", self._workspace.view(ViewName.NOTES))
        view.search_for(text)
        view.setFocus()

    def _run(self, search: SavedSearch) -> None:
        if view := self._view():
            order = view.query()
            self._show(EpisodeQuery(search.text, sort=order.sort, descending=order.descending))

    def _give_back(self) -> None:
        if view := self._view():
            view.setFocus()
