"""The tables of Crush's databases, and of the first OpenCode's, which are nearly the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_digests import OwnedRows, by_session_id

CRUSH, OPENCODE_GO = "crush", "opencode-go"
_OLD_FOLDER = re.compile(r"[/\\]\.opencode[/\\]|(?:^|[/\\])opencode[^/\\]*$")
_IN_TIME = ("created_at",)  # to the second; rows of one second are in the order of their making


def is_opencode(columns: Columns, name: str) -> bool:
    """Whether the first OpenCode wrote it: by its path, else by what only Crush has."""
    lower = name.lower()
    if _OLD_FOLDER.search(lower):
        return True
    return "crush" not in lower and "provider" not in columns["messages"]


class CrushDatabase:
    """A database of Crush, or of the first OpenCode."""

    def __init__(self, format_: str, agent: str) -> None:
        self.format, self.agent = format_, agent

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are sessions, and messages in parts."""
        return (
            has(columns, "sessions", "id", "title", "message_count")
            and has(columns, "messages", "id", "session_id", "role", "parts")
            and is_opencode(columns, name) == (self.format == OPENCODE_GO)
        )

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions, the oldest first."""
        for value in tables.values("id", Selection("sessions", order=_IN_TIME)):
            if isinstance(value, str):
                yield value

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The session and its children, its messages, then what other tables have of it."""
        yield Selection("sessions", "id", session)
        yield Selection("sessions", "parent_session_id", session, _IN_TIME)
        yield Selection("messages", "session_id", session, _IN_TIME)
        for table in sorted(tables.columns.keys() - {"sessions", "messages"}):
            yield Selection(table, "session_id", session)

    def owned(self, columns: Columns) -> Sequence[OwnedRows]:
        """Each row that is told, by its session."""
        owned = [OwnedRows("sessions", "id"), OwnedRows("messages", "session_id")]
        if has(columns, "sessions", "parent_session_id"):
            owned.append(OwnedRows("sessions", "parent_session_id"))
        return (*owned, *by_session_id(columns, "sessions", "messages"))

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The columns by which rows are found."""
        keys = (("sessions", "id"), ("sessions", "parent_session_id"))
        return (*keys, *((table, "session_id") for table in columns))


DATABASES = (CrushDatabase(CRUSH, "Crush"), CrushDatabase(OPENCODE_GO, "the first OpenCode"))
