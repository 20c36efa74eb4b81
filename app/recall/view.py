"""What an agent gets for a cue, why, how fast, and what it got before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.kit.command_menu import ON_EPISODES, Offered
from app.kit.controls.details import Details
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.state_page import StatePage
from app.kit.formatting import number
from app.kit.index_notice import RecallIndexNotice
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, one_line
from app.kit.selection_facts import SelectionCall
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view import View
from app.kit.view_names import ViewName
from app.recall.answer_words import absent_words, past_words, summary
from app.recall.context_panel import ContextPanel
from app.recall.cue_panel import CuePanel
from app.recall.hit_facts import hit_call, past_call
from app.recall.hit_list import HitList
from app.recall.known_panel import KnownPanel
from app.recall.no_hits import say_no_hits
from app.recall.noted_panel import NotedPanel
from app.recall.past_recalls import PastRecalls
from app.recall.recall_answer import Answer, Question
from app.recall.session import Recalling
from app.recall.shares import ShareLegend
from app.recall.stage_times import StageTimes
from app.recall.unread_notice import UnreadNotice
from hpm_engine import VISIBILITY, Changed, Episode, Facets, Job, Memory

_NOW = 0  # tabs
_PAST = 1


class RecallView(View):
    """The view of recall: the question above, its hits, the context block and times below."""

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self.recalling = Recalling(session, self)
        self._held = LatestRead(session, self)
        self._facets = LatestRead(session, self, whole_store=True)
        self._restoring = False
        self.cue = CuePanel()
        self.index = RecallIndexNotice(session)
        self.notice = NoticeLine("What is shown")
        self.unread = UnreadNotice()
        self.known = KnownPanel()
        self.noted = NotedPanel(session)
        self.hits = HitList()
        self.legend = ShareLegend()
        self.page = StatePage(self.hits)
        self.context = ContextPanel()
        self.stages = StageTimes()
        self.past = PastRecalls(session)
        self.tabs = QTabBar()
        self._summary = SafeLabel(tone=Colour.MUTED)
        self._arrange()
        self._connect()
        self.setFocusProxy(self.cue)
        self._show_nothing()
        self._ask_facets()

    def _arrange(self) -> None:
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("This recall or past ones")
        for name in ("This recall", "Past recalls"):
            self.tabs.addTab(name)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.setSpacing(12)
        head.addWidget(self.tabs)
        head.addWidget(self._summary, 1)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.context, 1)
        column.addWidget(Details("How long it took", self.stages, key="times of a recall"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("hits and context")
        split.setChildrenCollapsible(False)
        split.addWidget(self._results())
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self._stack = QStackedWidget()
        self._stack.addWidget(split)
        self._stack.addWidget(self.past)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.cue)
        layout.addWidget(self.index)
        layout.addWidget(self.unread)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)

    def _results(self) -> QWidget:
        results = QWidget()
        self.legend.setContentsMargins(12, 4, 8, 4)
        layout = QVBoxLayout(results)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.known)
        layout.addWidget(self.noted)
        layout.addWidget(self.legend)
        layout.addWidget(self.page, 1)
        return results

    def _connect(self) -> None:
        self.cue.asked.connect(self.ask)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.tabs.currentChanged.connect(self._on_tab)
        self.recalling.began.connect(lambda: self.page.show_loading("Recalling…"))
        self.recalling.answered.connect(self._on_answer)
        self.recalling.failed.connect(self._on_failed)
        self.hits.chosen.connect(self._on_chosen)
        self.hits.opened.connect(self._on_opened)
        self.hits.absent_asked.connect(self.recalling.leave_out)
        self.hits.left.connect(self.cue.setFocus)
        self.known.opened.connect(lambda episode_id: self._on_opened(episode_id, None))
        self.known.chosen.connect(
            lambda key: self._navigator.go(Place(ViewName.PROTOTYPES, prototype_id=key))
        )
        self.noted.chosen.connect(
            lambda key: self._navigator.go(Place(ViewName.NOTES, note_id=key))
        )
        self.past.opened.connect(self._on_reopened)
        self.past.chosen.connect(self._on_past_chosen)
        self.past.again_asked.connect(self.ask_for)
        self.past.episode_asked.connect(lambda episode_id: self._on_opened(episode_id, None))
        self.past.row_asked.connect(self._navigator.show)
        self.past.counted.connect(self._on_past_counted)
        self.index.caught_up.connect(self._on_caught_up)

    # -- asking ----------------------------------------------------------------------------

    def ask(self, question: Question) -> None:
        """Recall, and show the answer."""
        self.tabs.setCurrentIndex(_NOW)
        self.recalling.ask(question)

    def ask_for(self, cue: str) -> None:
        """Recall for a cue that no agent asked: it is not recorded."""
        self.cue.show_cue(cue)
        self.cue.clear_scope()
        self.ask(msgspec.structs.replace(self.cue.question(), record=False))

    def offer_commands(self, offered: Offered) -> None:
        """Offer what can be done with the episode of a hit."""
        self.hits.set_menu(partial(offered, ON_EPISODES))

    def leave_out(self) -> None:
        """Ask again as if the hit under the cursor were absent."""
        if (hit := self.hits.current_hit()) is not None:
            self.recalling.leave_out(hit)

    def show_past(self) -> None:
        """Show the list of past recalls."""
        self.tabs.setCurrentIndex(_PAST)
        self.past.setFocus()

    def _on_reopened(self, recall_id: int) -> None:
        self.tabs.setCurrentIndex(_NOW)
        self.recalling.reopen(recall_id)
        self.hits.setFocus()

    # -- what is shown ---------------------------------------------------------------------

    def _on_answer(self, answer: Answer) -> None:
        here = self._navigator.current
        self.hits.show_rows(answer.rows)
        self.legend.show_groups(row.shares for row in answer.rows)
        self.known.show_known(answer.recall.known if answer.recall is not None else ())
        if answer.persons_cue:
            self.noted.show_cue(answer.persons_cue)
        else:
            self.noted.show_hits(answer.agents_notes)
        if answer.past is not None:
            self.cue.show_cue(answer.past.cue)
            self.context.show_past(answer.past)
            self.stages.show_stages((), ("The stages of a past recall are not recorded.",))
        elif answer.recall is not None:
            self.cue.show_cue(answer.recall.cue)
            self.context.show_block(answer.recall.context)
            self.stages.show_stages(answer.recall.stages, answer.recall.notes)
        self._show_notice(answer)
        self._summary.setText(summary(answer))
        if answer.rows:
            self.page.show_content()
            if here.episode_id is None or not self.hits.select(here.episode_id, here.seq):
                self.hits.select(answer.rows[0].episode_id)
        else:
            waiting = self.index.begin if self.index.waiting else None
            say_no_hits(self.page, self.recalling.question, answer, waiting, self._ask_widely)

    def _show_notice(self, answer: Answer) -> None:
        if answer.past is not None:
            past, asked = answer.past, self.cue.ask
            self.notice.say(past_words(answer), "Ask again now", asked, Colour.ACCENT)
            self.notice.button.setAccessibleDescription(one_line(past.cue, 80))
        elif answer.without:
            back = self.recalling.put_back
            self.notice.say(absent_words(answer), "Put back", back, Colour.WARN)
        else:
            self.notice.hide()

    def _ask_widely(self) -> None:
        self.cue.clear_scope()
        self.cue.ask()

    def _show_nothing(self) -> None:
        self.page.show_empty(
            "Ask as an agent would",
            "Describe a task or paste an error above. You see which episodes and steps an agent "
            "would be given, why, and the text it would read.",
        )

    def _on_failed(self, error: Exception) -> None:
        """Show why a recall failed; nothing of an earlier answer stays."""
        self.notice.hide()
        self.hits.show_rows(())
        self.legend.show_groups(())
        self.known.show_known(())
        self.noted.show_cue("")
        self.context.clear()
        self.stages.show_stages((), ())
        self._summary.setText("")
        self.page.show_error("The recall failed", error, self.recalling.again)

    def _on_caught_up(self) -> None:
        """Ask again once the rest is indexed, if the recall had found nothing."""
        shown = self.recalling.shown
        if shown is not None and shown.recall is not None and not shown.rows:
            self.recalling.again()

    def _on_past_counted(self, count: int) -> None:
        self.tabs.setTabText(_PAST, f"Past recalls ({number(count)})" if count else "Past recalls")

    # -- places ----------------------------------------------------------------------------

    def _on_chosen(self, episode_id: int, seq: int | None) -> None:
        shown = self.recalling.shown
        if self._restoring or self._navigator.current.view is not ViewName.RECALL:
            return
        whole = shown if shown is None or not shown.without else self.recalling.whole
        recall_id = whole.recall_id if whole is not None else None
        self._navigator.go(Place(ViewName.RECALL, episode_id, seq, recall_id))

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The past recall that is chosen in their list, or the hit that is."""
        if self.tabs.currentIndex() == _PAST:
            return past_call(here.recall_id, go)
        return hit_call(self.recalling.shown, here.episode_id, go)

    def selected_episodes(self) -> Sequence[int]:
        """The hit under the cursor."""
        hit = self.hits.current_hit() if self.tabs.currentIndex() == _NOW else None
        return () if hit is None else (hit.episode_id,)

    def _on_tab(self, tab: int) -> None:
        """Select what the tab shows: its hit, or its past recall."""
        self._summary.setVisible(tab == _NOW)
        if tab == _PAST:
            self.past.tell_chosen()
        elif (hit := self.hits.current_hit()) is not None:
            self._on_chosen(hit.episode_id, None)
        self.selection_changed.emit()

    def _on_past_chosen(self, recall_id: int) -> None:
        """Tell what a past recall gave; it is opened when it is asked for."""
        self._restoring = True
        if self._navigator.current.view is ViewName.RECALL:
            self._navigator.go(Place(ViewName.RECALL, recall_id=recall_id))
        self._restoring = False

    def _on_opened(self, episode_id: int, seq: int | None) -> None:
        self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))

    def restore(self, place: Place) -> None:
        """Show the recall that a place names and, among its hits, the episode and step."""
        if place.view is not ViewName.RECALL or self._restoring:
            return
        shown = self.recalling.shown
        if place.recall_id is not None and (shown is None or not self._shows(place.recall_id)):
            self._restoring = True
            self.tabs.setCurrentIndex(_NOW)
            self._restoring = False
            self.recalling.reopen(place.recall_id)
        elif place.episode_id is not None:
            self._restoring = True
            self.hits.select(place.episode_id, place.seq)
            self._restoring = False

    def _shows(self, recall_id: int) -> bool:
        shown = self.recalling.shown
        if shown is not None and shown.without:
            shown = self.recalling.whole
        return shown is not None and shown.recall_id == recall_id

    # -- the frame's calls -----------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Follow what was imported, indexed or recalled.

        The answer on screen stays; how its episodes are held is said as it is now.
        """
        self.index.refresh(changed)
        if changed & Changed.RECALLS:
            self.past.reload()
        if changed & (Changed.EPISODES | Changed.SETTINGS):
            self._ask_facets()
        if changed & Changed.EPISODES:
            self._ask_held()

    def _ask_held(self) -> None:
        ids = [row.episode_id for row in self.hits.tree.rows]

        def call(memory: Memory, _job: Job) -> dict[int, Episode | None]:
            return dict.fromkeys(ids) | {
                episode.id: episode for episode in memory.episodes.get(ids)
            }

        if ids:
            failed = self.unread.of("How these episodes are kept now", self._ask_held)
            self._held.ask(call, self.unread.until(self.hits.tree.renew), failed)

    def _ask_facets(self) -> None:
        def call(memory: Memory, _job: Job) -> tuple[Facets, bool]:
            return memory.episodes.facets(), bool(memory.settings.all().get(VISIBILITY))

        failed = self.unread.of("The projects and agents to choose from", self._ask_facets)
        self._facets.ask(call, self.unread.until(lambda answer: self.cue.offer(*answer)), failed)
