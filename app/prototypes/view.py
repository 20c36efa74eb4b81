"""The map of what was learned from many sessions, its topics as a table, and the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.kit.actions import Command
from app.kit.command_menu import ON_PROTOTYPES, Offered
from app.kit.controls.state_page import StatePage
from app.kit.index_job import index
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel
from app.kit.selection_facts import SelectionCall
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.view import View
from app.kit.view_names import ViewName
from app.prototypes.jobs import learn
from app.prototypes.missing_topics import MissingTopics
from app.prototypes.prototype_pane import PrototypePane
from app.prototypes.prototype_table import PrototypeTable, TopicRow
from app.prototypes.topic_facts import topic_call
from hpm_engine import (
    Changed,
    EpisodeQuery,
    Job,
    Memory,
    Prototype,
    PrototypeMap,
    field_term,
)

if TYPE_CHECKING:
    from app.prototypes.map.pane import MapPane
    from app.prototypes.map.scene import MapScene

CAPTION = "What was learned from many sessions"
_MAP_WIDTH = 600  # pixels; the window shares out its width in proportion
_CONCERNS = Changed.PROTOTYPES | Changed.EPISODES


class PrototypesView(View):
    """The view of the prototypes; its map and its table share their selection.

    ``query_wanted`` asks for the episodes that a query finds.
    """

    query_wanted = Signal(object)

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._wanted: int | None = None
        self._window_commands: Offered = lambda _: ()
        self._ordered = False  # somebody looks at the rows: they stay where they are
        self._read = LatestRead(session, self, whole_store=True)
        self._session, self._stale = session, False
        self.map: MapPane | None = None
        self._map_frame = QWidget()
        self._map_layout = QVBoxLayout(self._map_frame)
        self._map_layout.setContentsMargins(0, 0, 0, 0)
        self.model = PrototypeTable(session, self)
        self.table = RowView("Topics")
        self.table.set_table(self.model)
        self.pane = PrototypePane(session)
        self.page = StatePage(self._content())
        caption = SafeLabel(CAPTION, tone=Colour.MUTED)
        caption.setContentsMargins(MEDIUM, SMALL, MEDIUM, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(caption)
        layout.addWidget(self.page, 1)
        self.setFocusProxy(self.table)
        self._connect()
        self.reload()

    def _content(self) -> QWidget:
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("prototypes and the chosen one")
        right.setChildrenCollapsible(False)
        right.addWidget(self.table)
        right.addWidget(self.pane)
        right.setStretchFactor(0, 2)
        right.setStretchFactor(1, 3)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("map and prototypes")
        split.setChildrenCollapsible(False)
        split.addWidget(self._map_frame)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([_MAP_WIDTH, _MAP_WIDTH])  # the map comes later than its frame
        return split

    def _connect(self) -> None:
        self.model.failed.connect(self._on_failed)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.pane.opened.connect(self._open)
        self.pane.chosen.connect(lambda key: self.select([key]))

    # -- the frame's calls -----------------------------------------------------------------

    def offer_commands(self, offered: Offered) -> None:
        """Offer what can be done with the selected prototypes, on the map and in the table."""
        self._window_commands = offered
        self.table.set_menu(partial(offered, ON_PROTOTYPES))
        if self.map is not None:
            self.map.map.set_menu(partial(offered, ON_PROTOTYPES))

    def find_episodes(self, prototypes: Sequence[Prototype]) -> None:
        """Ask for the episodes that prototypes were learned from."""
        names = [field_term("topic", prototype.told) for prototype in prototypes]
        self.query_wanted.emit(EpisodeQuery(text=" or ".join(names)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Put the rows in a new order when they are looked at the next time."""
        super().hideEvent(event)
        self._ordered = False

    def refresh(self, changed: Changed) -> None:
        """Read again what a write changed."""
        if changed & _CONCERNS:
            self._stale = True
            if self.isVisible():
                self.reload()

    def restore(self, place: Place) -> None:
        """Select the prototype that a place names; read again what changed meanwhile."""
        key = place.prototype_id
        if key is not None and [key] != [prototype.id for prototype in self.chosen()]:
            self._wanted = key
        if self._stale:
            self.reload()
        else:
            self._select_wanted()

    # -- reading ---------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the prototypes with their map."""
        order = self._order()

        def call(memory: Memory, _job: Job) -> MapScene | MissingTopics:
            # numpy: 0.1 s, not on the window's thread
            from app.prototypes.map.order import in_order
            from app.prototypes.map.scene import MapScene

            prototype_map = memory.consolidation.map.read()
            if not prototype_map.prototypes:
                return MissingTopics.of(memory)
            return MapScene(in_order(prototype_map, order))

        self._stale = False
        self.page.show_loading("Reading the topics…")
        self._read.ask(call, self._on_read, self._on_failed)

    def _order(self) -> list[int]:
        """The order that the rows keep, by id; none where they may be put in a new one."""
        kept = self.model.prototypes if self._ordered else ()
        return [prototype.id for prototype in kept]

    def _on_read(self, answer: MapScene | MissingTopics) -> None:
        if isinstance(answer, MissingTopics):
            self.model.show_topics(())
            if self.map is not None:
                self.map.stop()
            self.page.show_empty(*answer.said(self._take_in, self._prepare, self._learn))
            return
        self._on_scene(answer)

    def _on_scene(self, scene: MapScene) -> None:
        chosen = [prototype.id for prototype in self.chosen()]
        facts = scene.prototype_map.facts
        self.model.show_topics(
            [TopicRow(*pair) for pair in zip(scene.prototypes, facts, strict=True)]
        )
        self._ordered = self.isVisible()
        if self.map is None:
            self.map = self._make_map()
        self.map.show_map(scene)
        self.page.show_content()
        self.select(chosen)
        self._select_wanted()

    def _on_laid_out(self, prototype_map: PrototypeMap) -> None:
        """Show a map that was laid out, its rows in the order that somebody looks at."""
        from app.prototypes.map.order import in_order
        from app.prototypes.map.scene import MapScene

        self._on_scene(MapScene(in_order(prototype_map, self._order())))

    def _trigger(self, command: Command) -> None:
        for action in self._window_commands([command]):
            if action is not None:
                action.trigger()

    def _take_in(self) -> None:
        self._trigger(Command.IMPORT_FILES)

    def _learn(self) -> None:
        learn(self._session)

    def _prepare(self) -> None:
        index(self._session).finished.connect(self.reload)

    def _select_wanted(self) -> None:
        if self._wanted is not None and self.model.prototypes:
            wanted, self._wanted = self._wanted, None
            self.select([wanted])

    def _make_map(self) -> MapPane:
        """Make the map once there are prototypes: numpy, which takes long, is loaded by then."""
        from app.prototypes.map.pane import MapPane

        pane = MapPane(self._session)
        pane.selected.connect(self.select_rows)
        pane.opened.connect(self._open)
        pane.arrived.connect(lambda scene: self._on_laid_out(scene.prototype_map))
        pane.map.set_menu(partial(self._window_commands, ON_PROTOTYPES))
        self._map_layout.addWidget(pane)
        self.setFocusProxy(pane.map)
        return pane

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The topics could not be read", error, self.reload)

    # -- selection -------------------------------------------------------------------------

    def chosen(self) -> list[Prototype]:
        """The selected prototypes, in the order of the table."""
        spans = self.table.selected_spans()
        rows = [row for first, last in spans for row in range(first, last + 1)]
        return [self.model.prototypes[row] for row in rows if row < len(self.model.prototypes)]

    def select(self, ids: Sequence[int]) -> None:
        """Select prototypes by their ids; those that are gone are left out."""
        rows = {prototype.id: row for row, prototype in enumerate(self.model.prototypes)}
        self.select_rows([rows[key] for key in ids if key in rows])

    def select_rows(self, rows: Sequence[int]) -> None:
        """Select rows of the table, and with them points of the map."""
        flags = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        last = len(self.model.columns) - 1
        for row in rows:
            selection.select(self.model.index(row, 0), self.model.index(row, last))
        model = self.table.selectionModel()
        model.select(selection, flags.ClearAndSelect | flags.Rows)
        if rows:
            first = self.model.index(rows[0], 0)
            model.setCurrentIndex(first, flags.NoUpdate)
            self.table.scrollTo(first)
        self._on_selected()

    def _on_selected(self) -> None:
        chosen = self.chosen()
        rows = {prototype.id: row for row, prototype in enumerate(self.model.prototypes)}
        current = rows[chosen[0].id] if len(chosen) == 1 else -1
        if self.map is not None:
            self.map.map.show_selection([rows[prototype.id] for prototype in chosen], current)
        if len(chosen) == 1:
            if chosen[0] != self.pane.prototype:
                others = self.map.alike(current) if self.map is not None else []
                pairs = [(self.model.prototypes[row], cosine) for row, cosine in others]
                self.pane.show_topic(self.model.topics[current], pairs)
        else:
            self.pane.show_nothing(len(chosen))
        self._tell_selected(chosen)

    def selected_prototypes(self) -> Sequence[Prototype]:
        """The selected prototypes."""
        return self.chosen()

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The selected prototype."""
        return None if here.prototype_id is None else topic_call(here.prototype_id, go)

    def _tell_selected(self, chosen: Sequence[Prototype]) -> None:
        here = self._navigator.current
        if here.view is ViewName.PROTOTYPES and self._wanted is None:
            key = chosen[0].id if len(chosen) == 1 else None
            self._navigator.go(replace(here, prototype_id=key))
        self.selection_changed.emit()

    def _open(self, episode_id: int, seq: int) -> None:
        self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))
