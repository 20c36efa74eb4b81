"""Goose's database: a row for each session and each message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_digests import OwnedRows, by_session_id
from hpm_engine.ingest.databases.row_lines import cell_text, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.goose.head import FORMAT, GooseHead, note_head
from hpm_engine.ingest.goose.messages import GooseLine, GooseVisibility, add_goose_message
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.values.drafts import EpisodeDraft


class GooseDatabase:
    """``sessions.db`` of Goose since 2025."""

    format = FORMAT
    agent = "Goose"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are its sessions with their folders, and messages with blocks."""
        return has(columns, "sessions", "id", "working_dir") and has(
            columns, "messages", "session_id", "role", "content_json"
        )

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions."""
        yield from map(str, tables.values("id", Selection("sessions", order=("created_at",))))

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The session, its messages as they were said, and what each call of a model cost."""
        yield Selection("sessions", "id", session)
        yield Selection("messages", "session_id", session, order=("created_timestamp", "id"))
        yield Selection("usage_ledger", "session_id", session, order=("id",))

    def owned(self, columns: Columns) -> Sequence[OwnedRows]:
        """Each row that is told, by its session."""
        return (OwnedRows("sessions", "id"), *by_session_id(columns, "sessions"))

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The columns by which messages are asked for."""
        return (("messages", "session_id"), ("usage_ledger", "session_id"))


class MessageRow(msgspec.Struct):
    """A row of a message."""

    role: object = None
    content_json: object = None
    created_timestamp: object = None
    metadata_json: object = None


class SessionRow(GooseHead):
    """A row of a session."""

    model_config_json: object = None


class GooseModel(msgspec.Struct):
    """Which model a session asks."""

    name: object = msgspec.field(default=None, name="model_name")


_MODEL = TypedDecoder(GooseModel)
_VISIBILITY = TypedDecoder(GooseVisibility)


class GooseRows:
    """A session of the database."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a session of Goose."""
        return told_by(source, FORMAT)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session."""
        source.must_fit("session", "Split it.")
        account = source.account
        gathered = GatheredSession(FORMAT, session_of(source))
        ledger: float | None = None
        for _, start, size, line in rows(source):
            if line.table == "sessions":
                row = msgspec.convert(line.row, SessionRow)
                note_head(gathered, row)
                model = _MODEL.nested(json_cell(row.model_config_json)) or GooseModel()
                gathered.model = text_of(model.name)
            elif line.table == "messages":
                message = _message(msgspec.convert(line.row, MessageRow))
                if not add_goose_message(gathered, message, (start, size), account):
                    account.miss_record(f"a message of {text_of(message.role)[:40]}")
            else:
                account.pass_over("bookkeeping: what a call of the model cost")
                spent = dollars(line.row.get("cost"))
                ledger = ledger if spent is None else (ledger or 0.0) + spent
        if gathered.cost is None:
            gathered.cost = ledger
        draft = gathered.draft()
        if draft is None:
            raise account.nothing(source.name, "a session of Goose without a message.")
        yield draft


def _message(row: MessageRow) -> GooseLine:
    return GooseLine(
        role=cell_text(row.role),
        created=row.created_timestamp,
        content=json_cell(row.content_json),
        metadata=_VISIBILITY.nested(json_cell(row.metadata_json)),
    )
