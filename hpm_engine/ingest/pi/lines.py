"""The lines of a session of Pi: its head, and the entries of its tree."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.gathered import Spent


class PiLine(msgspec.Struct, rename="camel"):
    """One line; ``message`` is decoded only where it is needed."""

    type: object = None
    id: object = None
    parent_id: object = msgspec.UNSET  # None: hangs on nothing
    timestamp: object = None
    version: object = None
    cwd: object = None
    title: object = None
    title_source: object = None
    name: object = None
    parent_session: object = None
    branched_from: object = None
    provider: object = None
    model_id: object = None
    model: object = None
    summary: object = None
    content: msgspec.Raw = NO_JSON
    display: object = None
    delegation_depth: object = None  # the mark of another agent's session
    message: msgspec.Raw = NO_JSON


class _Cost(msgspec.Struct):
    """Dollars of a reply."""

    total: object = None


class _Usage(msgspec.Struct, rename="camel"):
    """Tokens of a reply; ``input`` excludes the cached ones."""

    input: object = None
    output: object = None
    cache_read: object = None
    cache_write: object = None
    cost: _Cost | None = None


class PiMessage(msgspec.Struct, rename="camel"):
    """The message of a line."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    timestamp: object = None
    model: object = None
    provider: object = None
    stop_reason: object = None
    error_message: object = None
    usage: _Usage | None = None
    tool_call_id: object = None
    is_error: object = None
    command: object = None  # of a person's own command
    output: object = None
    exit_code: object = None
    summary: object = None

    @property
    def spent(self) -> Spent:
        """Tokens and dollars of the reply."""
        usage = self.usage
        if usage is None:
            return Spent()
        read = [token_count(n) for n in (usage.input, usage.cache_read, usage.cache_write)]
        known = [count for count in read if count is not None]
        return Spent(
            sum(known) if known else None,
            token_count(usage.output),
            dollars(usage.cost.total) if usage.cost else None,
        )


LINE = TypedDecoder(PiLine)
MESSAGE = TypedDecoder(PiMessage)
