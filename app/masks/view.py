"""What compression keeps and drops: of one episode for any budget, and of the whole store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.ageing.ageing_dialog import AgeingDialog
from app.ageing.ageing_line import AgeingLine
from app.ageing.jobs import set_ageing
from app.kit.command_menu import ON_EPISODES, Offered
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel
from app.kit.selection_facts import SelectionCall, episode_alone
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.type_scale import TextRole
from app.kit.view import View
from app.kit.view_names import ViewName
from app.masks.compress_dialog import CompressDialog
from app.masks.compressed_pane import CompressedPane
from app.masks.jobs import Outlook, compress, read_outlook, restore
from app.masks.mask_pane import MaskPane
from hpm_engine import AgeingOutlook, AgeingSettings, Changed, Job, Memory


class MasksView(View):
    """The view of masks, in two pages: this episode, and all that are compressed."""

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._navigator = session, navigator
        self._outlook = LatestRead(session, self, whole_store=True)
        self.pane = MaskPane(session)
        self.store = CompressedPane(session)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.pane, "This episode")
        self.pages.addTab(self.store, "All compressed")
        caption = SafeLabel(
            "What compression keeps of a session", tone=Colour.MUTED, role=TextRole.CAPTION
        )
        caption.setContentsMargins(0, HAIR, MEDIUM, HAIR)
        self.pages.setCornerWidget(caption)
        self.ageing = AgeingLine(session)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.ageing)
        self._projects = LatestRead(session, self, whole_store=True)
        self.ageing.change_asked.connect(self._ask_projects)
        self.pane.chosen.connect(partial(self._go, ViewName.MASKS))
        self.pane.opened.connect(partial(self._go, ViewName.EPISODES))
        self.pane.compress_asked.connect(self.ask_to_compress_this)
        self.pane.restore_asked.connect(self._restore)
        self.store.opened.connect(self._open)
        self.store.chosen.connect(self._on_chosen)
        self.pages.currentChanged.connect(self._on_page)
        self.store.compress_asked.connect(lambda: self.ask_to_compress(()))
        self.store.reload()
        if navigator.current.episode_id is None:
            self.pages.setCurrentWidget(self.store)

    # -- the frame's calls -----------------------------------------------------------------

    def offer_commands(self, offered: Offered) -> None:
        """Offer what can be done with a compressed episode."""
        self.store.table.set_menu(partial(offered, ON_EPISODES))

    def refresh(self, changed: Changed) -> None:
        """Read again what a write changed."""
        self.ageing.refresh(changed)
        if changed & Changed.EPISODES:
            self.store.reload()
            self.pane.refresh()

    def restore(self, place: Place) -> None:
        """Show the mask of the episode that is selected."""
        here = self.pages.currentWidget() is self.pane  # in the list, it is enough to be chosen
        if here and place.view is ViewName.MASKS and place.episode_id is not None:
            self.pane.show_episode(place.episode_id, place.seq)

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The episode whose mask is shown, or the one that is chosen among all."""
        return episode_alone if here.episode_id in self.selected_episodes() else None

    def selected_episodes(self) -> Sequence[int]:
        """The episode whose mask is shown, or the one that is chosen among all."""
        if self.pages.currentWidget() is self.store:
            chosen = self.store.current_id()
            return () if chosen is None else (chosen,)
        shown = self._navigator.current.episode_id
        return () if shown is None else (shown,)

    def _on_page(self) -> None:
        """Show the episode that was chosen among all, or say which one is."""
        if self._navigator.current.view is ViewName.MASKS:
            self.restore(self._navigator.current)
            self.selection_changed.emit()

    def _on_chosen(self, episode_id: int) -> None:
        in_sight = self.pages.currentWidget() is self.store
        if in_sight and self._navigator.current.view is ViewName.MASKS:
            self._navigator.go(Place(ViewName.MASKS, episode_id))

    def _go(self, view: ViewName, episode_id: int, seq: int) -> None:
        self._navigator.go(Place(view, episode_id, seq))

    def _open(self, episode_id: int) -> None:
        self.pages.setCurrentWidget(self.pane)
        self._navigator.go(Place(ViewName.MASKS, episode_id))

    # -- compressing -----------------------------------------------------------------------

    def ask_to_compress_this(self) -> None:
        """Show what compressing this episode would move."""
        if self.pane.episode is not None:
            self.ask_to_compress((self.pane.episode.detail.episode.id,))

    def ask_to_compress(self, ids: tuple[int, ...]) -> None:
        """Show what compressing episodes would move; all of them where ``ids`` is empty."""

        def call(memory: Memory, job: Job) -> Outlook:
            return read_outlook(memory, job, ids)

        self._outlook.ask(call, self._show_outlook, self.pane.show_failure)

    def _show_outlook(self, outlook: Outlook) -> None:
        wanted = self.pane.budget.wanted()
        scorer = wanted.scorers[0]

        def begin() -> None:
            compress(self._session, outlook.ids, wanted.budget, scorer)

        CompressDialog(outlook, wanted, begin, self).open()

    def _restore(self) -> None:
        if self.pane.episode is not None:
            restore(self._session, (self.pane.episode.detail.episode.id,))

    # -- ageing ----------------------------------------------------------------------------

    def change_ageing(self) -> None:
        """Show how the store ages, to be changed; at once, or when it was looked at."""
        self.ageing.ask_to_change()

    def _ask_projects(self, outlook: AgeingOutlook) -> None:
        def call(memory: Memory, _job: Job) -> Sequence[tuple[str, int]]:
            return memory.episodes.facets().projects

        def show(projects: Sequence[tuple[str, int]]) -> None:
            def keep(wanted: AgeingSettings) -> None:
                set_ageing(self._session, wanted)

            AgeingDialog(outlook, projects, self._session, keep, self).open()

        self._projects.ask(call, show, self.pane.show_failure)
