"""Hermes's database: the sessions of its documents, with times, sums and titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_digests import OwnedRows, by_session_id
from hpm_engine.ingest.databases.row_lines import cell_text, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.hermes.messages import HermesMessage, add_hermes_message
from hpm_engine.ingest.hermes.session import FORMAT, HermesConfig, drafted
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag


class HermesDatabase:
    """``state.db`` of Hermes."""

    format = FORMAT
    agent = "Hermes"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are messages with calls, and sessions with a source, if any."""
        spoken = has(columns, "messages", "session_id", "role", "content", "tool_calls")
        if "sessions" in columns:
            return spoken and has(columns, "sessions", "id", "source", "started_at")
        return spoken and has(columns, "messages", "tool_call_id", "finish_reason")

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions, of those too that only have messages."""
        ids = [
            *tables.values("id", Selection("sessions", order=("started_at",))),
            *tables.values("session_id", Selection("messages", order=("id",))),
        ]
        yield from dict.fromkeys(map(str, ids))

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The session, and its messages as they were said."""
        yield Selection("sessions", "id", session)
        yield Selection("messages", "session_id", session, order=("timestamp", "id"))

    def owned(self, columns: Columns) -> Sequence[OwnedRows]:
        """Each row that is told, by its session."""
        head = (OwnedRows("sessions", "id"),) if has(columns, "sessions", "id") else ()
        return (*head, *by_session_id(columns, "sessions"))

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The column by which messages are asked for."""
        return (("messages", "session_id"),)


class StateRow(msgspec.Struct):
    """A row of a session; ``input_tokens`` are without cached ones."""

    model: object = None
    model_config: object = None
    title: object = None
    cwd: object = None
    parent_session_id: object = None
    started_at: object = None
    input_tokens: object = None
    output_tokens: object = None
    cache_read_tokens: object = None
    cache_write_tokens: object = None
    estimated_cost_usd: object = None
    actual_cost_usd: object = None


class StateMessageRow(msgspec.Struct):
    """A row of a message."""

    role: object = None
    content: object = None
    tool_calls: object = None
    tool_call_id: object = None
    timestamp: object = None
    reasoning: object = None
    reasoning_content: object = None
    active: object = None
    compacted: object = None

    @property
    def taken_back(self) -> bool:
        """Whether a person took it back; what a summary replaced is put aside with another mark."""
        return self.active == 0 and not self.compacted

    @property
    def identity(self) -> tuple[str, ...]:
        """What a copy has in common with its original, the time to the microsecond too."""
        said = (self.role, self.content, self.tool_calls, self.tool_call_id)
        return (*map(cell_text, said), str(self.timestamp))


_JSON = "\0json:"
_CONFIG = TypedDecoder(HermesConfig)


class HermesRows:
    """A session of the database."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a session of Hermes."""
        return told_by(source, FORMAT)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session."""
        source.must_fit("session", "Split it.")
        account = source.account
        gathered = GatheredSession(FORMAT, session_of(source))
        summarised: set[tuple[str, ...]] = set()
        for _, start, size, line in rows(source):
            if line.table == "sessions":
                _note(gathered, msgspec.convert(line.row, StateRow))
            elif line.table == "messages":
                row, told = msgspec.convert(line.row, StateMessageRow), len(gathered.turns)
                if row.identity in summarised:
                    account.pass_over("a copy of a message that Hermes kept beside its summary")
                    continue
                if row.compacted and row.timestamp:
                    summarised.add(row.identity)
                message = _message(row)
                if not add_hermes_message(gathered, message, (start, size), account):
                    account.miss_record(f"a message of {text_of(message.role)[:40]}")
                for turn in gathered.turns[told:] if row.taken_back else ():
                    turn.flags |= StepFlag.TAKEN_BACK
            else:
                account.miss_record(f"a row of {text_of(line.table)[:40]}")
        yield drafted(gathered, source)


def _note(gathered: GatheredSession, row: StateRow) -> None:
    config = _CONFIG.nested(json_cell(row.model_config)) or HermesConfig()
    gathered.model = text_of(row.model)
    gathered.cwd = text_of(row.cwd) or text_of(config.cwd)
    gathered.agent_name = text_of(row.title)
    gathered.parent_key = text_of(row.parent_session_id)
    read = [row.input_tokens, row.cache_read_tokens, row.cache_write_tokens]
    known = [count for count in map(token_count, read) if count is not None]
    gathered.tokens_in = sum(known) if known else None
    gathered.tokens_out = token_count(row.output_tokens)
    costs = (dollars(row.actual_cost_usd), dollars(row.estimated_cost_usd))
    gathered.cost = next((cost for cost in costs if cost is not None), None)


def _content(cell: object) -> msgspec.Raw:
    """A message's content: a text, or behind a mark the JSON of a list, as with images."""
    text = cell_text(cell)
    if text.startswith(_JSON):
        return msgspec.Raw(text[len(_JSON) :].encode("utf-8", "replace"))
    return msgspec.Raw(msgspec.json.encode(text))


def _message(row: StateMessageRow) -> HermesMessage:
    return HermesMessage(
        role=cell_text(row.role),
        content=_content(row.content),
        tool_calls=json_cell(row.tool_calls),
        tool_call_id=row.tool_call_id,
        timestamp=row.timestamp,
        reasoning=row.reasoning,
        reasoning_content=row.reasoning_content,
    )
