"""One episode: what it is, its steps, and the map of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.episodes.conversation.find_bar import FindBar
from app.episodes.conversation.kept_overlay import KeptOverlay, read_overlay
from app.episodes.conversation.mini_map import MiniMap
from app.episodes.conversation.reading_bar import ReadingBar
from app.episodes.conversation.step_timeline import StepTimeline
from app.episodes.conversation.timeline_outline import TimelineOutline, read_outline
from app.episodes.episode_head import EpisodeHead
from app.episodes.live import live_words, status_words
from app.episodes.notes.notes_panel import NotesPanel
from app.episodes.states.state_strip import StateStrip
from app.kit.command_menu import ON_STEP, Offer, Offered
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Job, Memory

if TYPE_CHECKING:
    from app.episodes.compare.compare_pane import ComparePane
    from app.episodes.conversation.link_question import LinkQuestion

_ALIVE_MS = 10_000  # until it is said anew whether an agent still works
NARROWEST = 260  # pixels of steps and map that stay in a small window


class EpisodePane(QWidget):
    """The pane of one episode.

    ``step_changed`` names the episode and the step that a person went to.
    """

    step_changed = Signal(int, int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self._mask = LatestRead(session, self, whole_store=True)
        self.overlay = False
        self._over: KeptOverlay | None = None
        self._episode: int | None = None
        self._text = ""
        self._seq = 0
        self._beginning = False
        self._follows = False  # whether new steps are gone to
        self._searched: TimelineOutline | None = None  # with the hits of the episodes' search
        self.timeline = StepTimeline(session)
        self.timeline.setFrameShape(StepTimeline.Shape.NoFrame)
        self.map = MiniMap()
        self.head = EpisodeHead()
        self.reading = ReadingBar()
        self.head.tools.addWidget(self.reading)
        self.finder = FindBar(session)
        self.links: LinkQuestion | None = None
        self.notes = NotesPanel(session)
        self.states = StateStrip(session)
        self._offered: Offer = tuple
        self.page = StatePage(self._steps_with_map())
        self.page.setMinimumWidth(NARROWEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self._session = session
        self._connect()
        self.clear()

    @cached_property
    def comparing(self) -> ComparePane:
        """Two episodes side by side, made when the first are to be compared."""
        from app.episodes.compare.compare_pane import ComparePane

        comparing = ComparePane(self._session)
        comparing.hide()
        comparing.left.connect(self._leave_comparison)
        comparing.opened.connect(self._open_compared)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(comparing)
        return comparing

    def _steps_with_map(self) -> QWidget:
        content = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.timeline, 1)
        row.addWidget(self.map)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.finder)
        layout.addWidget(self.notes)
        layout.addWidget(self.states)
        layout.addLayout(row, 1)
        return content

    def _connect(self) -> None:
        self.timeline.current_changed.connect(self._on_step)
        self.timeline.moved.connect(self.map.show_seen)
        self.timeline.left.connect(self.left)
        self.timeline.follow_asked.connect(self.toggle_follow)
        self._alive = QTimer(self, interval=_ALIVE_MS)
        self._alive.timeout.connect(self._say_again)
        self._alive.start()
        self.timeline.failed.connect(self._on_failed)
        self.map.jumped.connect(self.timeline.go_to)
        self.reading.options_changed.connect(self.timeline.set_options)
        self.reading.find_asked.connect(self.finder.open_search)
        self.finder.hits_changed.connect(self._on_hits)
        self.finder.moved.connect(self.timeline.next_hit)
        self.finder.closed.connect(self._on_find_closed)
        self.timeline.link_asked.connect(self._ask_link)
        self.timeline.episode_asked.connect(self._open_subagent)
        self.timeline.menu_asked.connect(self._show_menu)
        self.notes.step_asked.connect(self.timeline.go_to)
        self.notes.noted.connect(self.timeline.show_noted)
        self.notes.left.connect(self.timeline.setFocus)
        self.states.step_asked.connect(self.timeline.go_to)
        self.states.left.connect(self.timeline.setFocus)

    def offer_commands(self, offered: Offered) -> None:
        """End the menu of a step with commands on it."""
        self._offered = partial(offered, ON_STEP)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def episode_id(self) -> int | None:
        """The episode that is shown or being read."""
        return self._episode

    def show_episode(self, episode_id: int, text: str, seq: int | None = None) -> None:
        """Show an episode, at a step if one is named; ``text`` marks the hits of a search."""
        if self.page.isHidden():
            self.comparing.hide()
            self.page.show()
        if (episode_id, text) == (self._episode, self._text):
            if seq is not None:
                self._seq = seq
                if self._loaded:
                    self.timeline.go_to(seq)
            return
        if episode_id != self._episode:
            self._seq = seq if seq is not None else -1
        self._episode, self._text = episode_id, text
        self.reload()

    def reload(self) -> None:
        """Read the episode again, which may have grown."""
        if self._episode is None:
            return
        episode_id, text = self._episode, self._text
        earlier = self.timeline.outline

        def call(memory: Memory, job: Job) -> TimelineOutline:
            return read_outline(memory, job, episode_id, text, earlier)

        if not self._loaded:
            self.page.show_loading("Reading the steps…")
        self._read.ask(call, self._on_outline, self._on_failed)

    def compare(self, left: int, right: int) -> None:
        """Show two episodes side by side, in place of the conversation."""
        self.page.hide()
        self.comparing.show()
        self.comparing.compare(left, right)

    def _leave_comparison(self) -> None:
        self.comparing.hide()
        self.page.show()
        self.timeline.setFocus()

    def _open_compared(self, episode_id: int, seq: int) -> None:
        self.show_episode(episode_id, self._text, seq)
        self._leave_comparison()

    def set_overlay(self, shown: bool) -> None:
        """Lay what compression keeps over the steps, or take it away."""
        self.overlay = shown
        self._read_mask()

    def _read_mask(self) -> None:
        self._lay_over(None)
        episode_id = self._episode
        if not self.overlay or episode_id is None:
            self._mask.cancel()
            return

        def call(memory: Memory, job: Job) -> KeptOverlay:
            return read_overlay(memory, job, episode_id)

        self._mask.ask(call, self._lay_over, self._on_no_mask)

    def _on_no_mask(self, error: Exception) -> None:
        self.head.say(f"What compression keeps is not known: {error}")

    def _lay_over(self, overlay: KeptOverlay | None) -> None:
        self._over = overlay
        self.timeline.lay_over(overlay)
        self.map.lay_over(overlay)
        if self._loaded and self.timeline.outline is not None:
            self._say(self.timeline.outline, self.timeline.current)

    def clear(self) -> None:
        """Show no episode."""
        self._read.cancel()
        self._episode = None
        self.timeline.clear()
        self.notes.show_episode(None)
        self.states.show_episode(None)
        self.map.show_outline(None)
        self.page.show_empty("No episode chosen", "Choose one in the table to see its steps.")

    @property
    def _loaded(self) -> bool:
        outline = self.timeline.outline
        return outline is not None and outline.episode_id == self._episode

    def _on_outline(self, outline: TimelineOutline) -> None:
        if not outline.steps:
            self.page.show_empty(
                "This episode has no steps",
                "Its source held a session without messages; the record shows what there was.",
            )
            return
        grown = outline.continues and len(outline.steps) > self._steps
        seq = len(outline.steps) - 1 if self._follows and grown else self._seq
        self._beginning = seq < 0
        if self._beginning:  # nobody asked for a step: begin at the first hit, if any
            seq = outline.hits[0] if outline.hits else 0
        self._searched = outline
        self.head.show_episode(outline.episode)
        self.reading.show_outline(outline)
        self.notes.show_episode(outline.episode_id)
        self.states.show_episode(outline.episode_id, len(outline.steps))
        self.map.show_outline(outline)
        self.page.show_content()
        self.timeline.show_outline(outline, seq)
        self._beginning = False
        self.finder.show_episode(outline.episode_id)
        if self.overlay:
            self._read_mask()

    @property
    def _steps(self) -> int:
        return 0 if self.timeline.outline is None else len(self.timeline.outline.steps)

    def toggle_follow(self) -> None:
        """Go to each new step of an episode that grows, or stay where one reads."""
        self._follows = not self._follows
        if self._follows and self._loaded:
            self.timeline.go_to(self._steps - 1)
        self._say_again()

    @property
    def follows(self) -> bool:
        """Whether new steps are gone to as they come."""
        return self._follows

    def _say_again(self) -> None:
        """Say anew what an agent does: with time, one that worked has ended."""
        if self._loaded and self.isVisible() and self.timeline.outline is not None:
            self._say(self.timeline.outline, self.timeline.current)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The steps could not be read", error, self.reload)

    def _on_step(self, seq: int) -> None:
        outline = self.timeline.outline
        if outline is None:
            return
        self._seq = seq
        if seq < self.timeline.arranged_last():
            self._follows = False  # whoever goes back reads there
        self.map.show_current(seq)
        self.states.show_current(seq)
        self.finder.show_current(seq)
        self._say(outline, seq)
        if not self._beginning:
            self.step_changed.emit(outline.episode_id, seq)

    # -- finding, links, menus -------------------------------------------------------------

    def _on_hits(self, hits: list[int], text: str) -> None:
        """Mark what was found here, in place of the hits of the search."""
        searched = self._searched
        if searched is None or not self._loaded:
            return
        if text:
            self._mark(hits, text)
            if hits and self.timeline.current not in hits:
                self.timeline.next_hit()
            self.finder.show_current(self.timeline.current)
        else:
            self._mark(searched.hits, searched.hit_text)

    def _on_find_closed(self) -> None:
        if self._searched is not None and self._loaded:
            self._mark(self._searched.hits, self._searched.hit_text)
        self.timeline.setFocus()

    def _mark(self, hits: Sequence[int], text: str) -> None:
        self._beginning = True  # the reader goes nowhere
        self.timeline.mark_hits(hits, text)
        self._beginning = False
        if (outline := self.timeline.outline) is not None:
            self.map.show_outline(outline)
            self.map.show_current(self.timeline.current)
            self.map.lay_over(self._over)
            self._say(outline, self.timeline.current)

    def _open_subagent(self, episode_id: int) -> None:
        """Show the episode of a subagent, as a person who goes to its first step."""
        self.show_episode(episode_id, self._text, 0)
        self.step_changed.emit(episode_id, 0)

    def _ask_link(self, target: str) -> None:
        from app.episodes.conversation.link_question import LinkQuestion

        self.links = LinkQuestion(target, self)
        self.links.open()

    def _show_menu(self, seq: int, where: QPoint) -> None:
        from app.episodes.conversation.step_menu import step_menu

        menu = step_menu(self.timeline, seq, self._offered())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.popup(where)

    def _say(self, outline: TimelineOutline, seq: int) -> None:
        live = live_words(outline, follows=self._follows)
        text = "   ·   ".join(filter(None, (live, status_words(outline, seq))))
        over = self._over
        if over is not None and over.episode_id == outline.episode_id:
            text += f"   ·   ◆ [ and ]   {over.says}"
        self.head.say(text)
