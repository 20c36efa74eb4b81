"""The tables of OpenCode's database and of its forks', which are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_digests import OwnedRows, by_session_id

_AGENTS = {
    "opencode": ("opencode", "OpenCode"),
    "kilo": ("kilo", "Kilo"),
    "mimocode": ("mimo-code", "MiMo Code"),
    "mimicode": ("mimo-code", "MiMo Code"),
    "zcode": ("zcode", "ZCode"),
}
FORMATS = tuple(dict.fromkeys(format_ for format_, _ in _AGENTS.values()))
_NAMED = re.compile(r"(?:^|[/\\])\.?(opencode|kilo|mim[io]code|zcode)(?=[^/\\\w]|[/\\]|$)")
_SHARES = "session_share"  # holds a secret, and nothing that was said
_OF_LOG = "aggregate_id"  # a session's id in the log of its changes
_IN_TIME = ("time_created", "sequence", "id")


def agent_of(name: str) -> str:
    """The format of a database or folder: OpenCode's, or a fork's by the last name in its path."""
    names = _NAMED.findall(name.lower())
    return _AGENTS[names[-1]][0] if names else "opencode"


class OpenCodeDatabase:
    """A database of OpenCode, or of one of its forks: only the path tells which."""

    def __init__(self, format_: str, agent: str) -> None:
        self.format, self.agent = format_, agent

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are sessions, messages and parts, in this agent's folder."""
        return (
            has(columns, "session", "id")
            and has(columns, "message", "id", "session_id", "data")
            and has(columns, "part", "id", "message_id", "data")
            and agent_of(name) == self.format
        )

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions, the oldest first."""
        for value in tables.values("id", Selection("session", order=_IN_TIME)):
            if isinstance(value, str):
                yield value

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The session, its project and its children, then each message before its parts."""
        own = Selection("session", "id", session)
        yield own
        for project in tables.values("project_id", own):
            yield Selection("project", "id", project)
        yield Selection("session", "parent_id", session, _IN_TIME)
        for message in tables.values("id", Selection("message", "session_id", session, _IN_TIME)):
            yield Selection("message", "id", message)
            yield Selection("part", "message_id", message, ("sequence", "id"))
        for table in sorted(tables.columns.keys() - {"session", "message", "part", _SHARES}):
            if _OF_LOG in tables.columns[table]:
                yield Selection(table, _OF_LOG, session, ("seq",))
            else:
                yield Selection(table, "session_id", session)

    def owned(self, columns: Columns) -> Sequence[OwnedRows]:
        """Each row that is told, by its session."""
        owned = [OwnedRows("session", "id"), OwnedRows("message", "session_id")]
        owned.append(OwnedRows("part", "message_id", "message", "id", "session_id"))
        if has(columns, "session", "parent_id"):
            owned.append(OwnedRows("session", "parent_id"))
        if has(columns, "session", "project_id") and has(columns, "project", "id"):
            owned.append(OwnedRows("project", "id", "session", "project_id", "id"))
        return (*owned, *by_session_id(columns, "session", "message", "part", _SHARES))

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The columns by which rows are found."""
        keys = (("session", "id"), ("session", "parent_id"), ("message", "id"))
        of_session = tuple((table, name) for table in columns for name in ("session_id", _OF_LOG))
        return (*keys, ("part", "message_id"), *of_session)


DATABASES = tuple(OpenCodeDatabase(*names) for names in dict.fromkeys(_AGENTS.values()))
