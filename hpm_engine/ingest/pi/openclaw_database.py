"""OpenClaw since August 2026: the lines of its sessions as rows, a database for each agent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import RowLine, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.json.plain_values import first_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.pi.lines import LINE, PiLine
from hpm_engine.ingest.pi.reader import Drafts, episodes
from hpm_engine.ingest.pi.session import OPENCLAW
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.first_lines import given_title
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

_EVENTS = "transcript_events"
_WINDOWS = ("session_windows", "sessions")  # each conversation's sessions, now and at first
_NODES = (("session_nodes", "current_session_id"), ("session_entries", "session_id"))
_IN_TIME = ("created_at",)


class OpenClawDatabase:
    """``openclaw-agent.sqlite``. Of its tables only these are read: one holds secrets."""

    format = OPENCLAW
    agent = "OpenClaw"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are the events of sessions, each a line of JSON."""
        return has(columns, _EVENTS, "session_id", "seq", "event_json")

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions that have events, the oldest first."""
        ids = tables.values("session_id", Selection(_EVENTS, order=("created_at", "seq")))
        yield from dict.fromkeys(value for value in ids if isinstance(value, str))

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The session, its conversation, the sessions of that which began it, and its events."""
        for windows in _WINDOWS:
            own = Selection(windows, "session_id", session)
            yield own
            for column in ("spawned_by", "parent_session_key"):
                for parent in tables.values(column, own):
                    if parent is not None:
                        yield Selection(windows, "session_key", parent, _IN_TIME)
        for nodes, column in _NODES:
            yield Selection(nodes, column, session)
        yield Selection(_EVENTS, "session_id", session, ("seq",))

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The columns by which rows are found."""
        windows = [(table, key) for table in _WINDOWS for key in ("session_id", "session_key")]
        return (*windows, *_NODES, (_EVENTS, "session_id"))


class _Conversation(msgspec.Struct, rename="camel"):
    """What a conversation is called, by a person and by the program."""

    label: object = None
    display_name: object = None


_CONVERSATION = TypedDecoder(_Conversation)


class OpenClawRows:
    """A session of the database: the lines of older versions' files, with what is known of it."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a session of OpenClaw."""
        return told_by(source, OPENCLAW)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The live branch of the session, then the branches that a person left."""
        source.must_fit("session", "Split it.")
        facts = _Facts(session_of(source))
        held = False
        for draft in _episodes(source, facts):
            held = True
            draft.key = facts.session or draft.key or head_digest(draft.steps)
            facts.tell(draft)
            yield draft
        if not held:
            raise source.account.nothing(source.name, "a session in which nothing was said.")


def _episodes(source: SourceFile, facts: _Facts) -> Drafts:
    return episodes(OPENCLAW, list(_lines(source, facts)), source.account)


def _lines(source: SourceFile, facts: _Facts) -> Iterator[Located[PiLine]]:
    """The events as lines; ``facts`` get the other rows."""
    account = source.account
    for number, start, size, row in rows(source):
        if row.table == _EVENTS:
            line = LINE.nested(json_cell(row.row.get("event_json")))
            if line is None:
                account.miss_record("an event that is no object")
            else:
                yield Located(number, start, size, line)
        else:
            account.pass_over(f"bookkeeping: table {row.table[:40]}")
            facts.note(row)


class _Facts:
    """What the rows beside its events say of a session."""

    def __init__(self, session: str) -> None:
        self.session = session
        self._title = self._agent_title = ""
        self._own: RowLine | None = None
        self._parents: list[RowLine] = []

    def note(self, row: RowLine) -> None:
        """Take a row of a session or of a conversation."""
        if row.table not in _WINDOWS:
            entry = _CONVERSATION.nested(json_cell(row.row.get("entry_json"))) or _Conversation()
            self._title = first_text(row.text("label"), entry.label)
            self._agent_title = first_text(row.text("display_name"), entry.display_name)
        elif row.text("session_id") == self.session:
            self._own = row
        else:  # of the conversation that spawned it, or was forked
            self._parents.append(row)

    def tell(self, draft: EpisodeDraft) -> None:
        """Give an episode its names, and the session that spawned it."""
        title, agent_title = given_title(self._title), given_title(self._agent_title)
        draft.title = draft.title or title or agent_title or None
        if self._own is None:
            return
        begun = _created(self._own)
        before = [row for row in self._parents if _created(row) <= begun]
        if before:
            draft.parent_key = before[-1].text("session_id")
        forked = self._own.text("reason") == "fork"
        if forked and not draft.continues_key:
            draft.continues_key = self._own.text("previous_session_id")


def _created(row: RowLine) -> int:
    value = row.row.get("created_at")
    return value if isinstance(value, int) else 0
