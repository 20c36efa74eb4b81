"""What can be done with a run of cycles in the history."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from shiboken6 import isValid

from app.kit.command_menu import entry
from app.kit.link import audit_place
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import RunReport

if TYPE_CHECKING:
    from app.consolidation.view import ConsolidationView

_MOST = 6  # topics in the menu
_LONGEST = 50  # characters of a name
_NO_TOPIC = "It brought or changed no topic that is there now."
_NO_ROW = "Nothing was changed, so the log has no row of it."


class RunMenu:
    """The entries for the chosen run of a history."""

    def __init__(self, view: ConsolidationView, session: Session, navigator: Navigator) -> None:
        self._view, self._session, self._navigator = view, session, navigator

    def entries(self) -> list[QAction | None]:
        """What is offered now; topics once the card has read their names."""
        position = self._view.table.current_row()
        run = None if position is None else self._view.model.row(position)
        if run is None:
            return []
        refusal = _refusal(run) or ("" if self._session.writable else "It cannot be written.")
        none = "" if run.last is not None else _NO_ROW
        return [
            entry("Undo This Run…", partial(self._view.ask_to_undo, run.first), refusal=refusal),
            None,
            *self._topics(run),
            None,
            entry("History in the Audit Log", partial(self._show_rows, run), refusal=none),
        ]

    def _topics(self, run: RunReport) -> list[QAction]:
        reading = self._view.card.reading
        known = reading is not None and reading.run.at == run.at
        topics = (*reading.born, *reading.refreshed) if known and reading is not None else ()
        if not topics:
            why = _NO_TOPIC if known else "Its topics are still being read."
            return [entry("Show Its Topics", lambda: None, refusal=why)]
        return [
            entry(
                f"Show “{one_line(topic.name, _LONGEST)}”".replace("&", "&&"),
                partial(self._navigator.go, Place(ViewName.PROTOTYPES, prototype_id=topic.id)),
            )
            for topic in topics[:_MOST]
        ]

    def _show_rows(self, run: RunReport) -> None:
        task = self._session.sum_up(partial(audit_place, f"cycle:{run.last}"))
        task.succeeded.connect(
            lambda place: self._navigator.show(place) if isValid(self._view) else None
        )


def _refusal(run: RunReport) -> str:
    """Why nothing of a run can be undone."""
    if not run.cycles:
        return "Nothing was changed."
    return "It was undone." if run.undone_at is not None else ""
