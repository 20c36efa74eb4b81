"""The notices above the views: may the store tidy itself, and what it did meanwhile."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ageing.jobs import make_whole
from app.consolidation.consent_notice import ConsentNotice
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.tidied_notice import TidiedNotice
from app.consolidation.tidying import PutOff, agree
from app.kit.session import Session
from hpm_engine import Consent


class ByItself(QWidget):
    """Notices about one open store after the other; ``undo_asked`` is about its last cycles."""

    undo_asked = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._keeping: Keeping | None = None
        self._session: Session | None = None
        self._asking = ""  # the id of the store that is asked about
        self.consent, self.tidied = ConsentNotice(), TidiedNotice()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.consent)
        column.addWidget(self.tidied)
        self.consent.agreed.connect(self._on_agreed)
        self.consent.put_off.connect(self._on_put_off)
        self.tidied.undo_asked.connect(self.undo_asked)
        self.tidied.whole_asked.connect(self._on_whole)
        self.tidied.dismissed.connect(self._on_seen)

    def follow(self, session: Session, keeping: Keeping) -> None:
        """Speak of this store from now on."""
        self._session, self._keeping = session, keeping
        keeping.wanted.connect(self._on_wanted)
        keeping.news.connect(self._on_news)
        keeping.tidied.connect(self.tidied.tell)

    def leave(self) -> None:
        """Speak of no store."""
        self._session = self._keeping = None
        self.consent.hide()
        self.tidied.hide()

    def _on_wanted(self, store_id: str, deletes: bool) -> None:
        if store_id not in PutOff(self._folder):
            self._asking = store_id
            self.consent.ask(deletes=deletes)

    def _on_news(self) -> None:
        """Hide a question that was answered elsewhere."""
        outlook = None if self._keeping is None else self._keeping.outlook
        if outlook is not None and outlook.consent is not Consent.UNASKED:
            self.consent.hide()

    def _on_agreed(self) -> None:
        self.consent.hide()
        if self._session is not None:
            agree(self._session)

    def _on_put_off(self) -> None:
        self.consent.hide()
        PutOff(self._folder).add(self._asking)

    def _on_whole(self) -> None:
        if self._session is not None and self._keeping is not None:
            make_whole(self._session, self._keeping.done.ids)

    def _on_seen(self) -> None:
        if self._keeping is not None:
            self._keeping.seen()
