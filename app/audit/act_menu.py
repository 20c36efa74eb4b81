"""What can be done with a row of the audit log."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QGuiApplication

from app.audit.audit_table import ShownAct
from app.kit.command_menu import entry
from app.kit.plain_text import one_line
from hpm_engine import ACTION_NAMES, LinkKind

if TYPE_CHECKING:
    from app.audit.view import AuditView

_NO_SUBJECT = "It is about nothing that is there to be shown."
_SINGLE = "It is one row of the log."
_NO_EPISODE = "It is about no single episode."


def act_menu(view: AuditView, row: ShownAct | None) -> list[QAction | None]:
    """The entries for the chosen act."""
    if row is None:
        return []
    act, link = row.act, row.act.link
    number = int(link.key) if link is not None and link.kind is LinkKind.EPISODE else None
    fold = "Hide Its Rows" if row.is_open else "Show Its Rows"
    action = ACTION_NAMES.get(act.action, act.action)
    return [
        entry("Go to What It Is About", view.follow, refusal="" if link else _NO_SUBJECT),
        entry(fold, view.toggle, refusal="" if row.opens else _SINGLE),
        entry(
            "History of This Episode",
            lambda: view.show_history(number or 0),
            refusal="" if number is not None else _NO_EPISODE,
        ),
        None,
        entry(_only(action), partial(view.filters.choose_action, act.action)),
        entry(_only(act.actor), partial(view.filters.choose_actor, act.actor)),
        None,
        entry("Copy What Was Done", partial(_copy, act.text)),
        entry("Copy the Exact Row", view.copy_exact),
    ]


def _only(value: str) -> str:
    return f"Show Only “{one_line(value, 40)}”".replace("&", "&&")


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
