"""The lines of a wire of Kimi Code: only the fields that matter here."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import NO_JSON, elements, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.gathered import Spent
from hpm_engine.values.episodes import Part, PartKind


class KimiUsage(msgspec.Struct, rename="camel"):
    """Tokens of a step, cached ones apart."""

    input_other: object = None
    output: object = None
    input_cache_read: object = None
    input_cache_creation: object = None

    @property
    def spent(self) -> Spent:
        """All tokens read, and those written."""
        counts = (self.input_other, self.input_cache_read, self.input_cache_creation)
        read = [count for count in map(token_count, counts) if count is not None]
        return Spent(sum(read) if read else None, token_count(self.output))


class _KimiCall(msgspec.Struct):
    """A call of a message that was added whole."""

    id: object = None
    name: object = None
    arguments: msgspec.Raw = NO_JSON

    @property
    def part(self) -> Part:
        """The call as a part."""
        return Part(PartKind.CALL, raw_text(self.arguments), text(self.name), text(self.id))


class KimiMessage(msgspec.Struct, rename="camel"):
    """A message that was added to the context."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    origin: object = None
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    is_error: object = None

    @property
    def calls(self) -> list[Part]:
        """The calls of a message of the agent."""
        return [call.part for raw in elements(self.tool_calls) if (call := _CALL.nested(raw))]


class KimiEvent(msgspec.Struct, rename="camel"):
    """A piece of a step of the agent's loop."""

    type: object = None
    uuid: object = None
    step_uuid: object = None
    turn_id: object = None
    step: object = None
    part: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    call_id: object = None
    parent_uuid: object = None
    name: object = None
    tool_name: object = None
    args: msgspec.Raw = NO_JSON
    input: msgspec.Raw = NO_JSON
    result: msgspec.Raw = NO_JSON
    usage: KimiUsage | None = None


class KimiOutput(msgspec.Struct):
    """What a tool gave."""

    output: msgspec.Raw = NO_JSON
    is_error: object = msgspec.field(default=None, name="isError")


class WireLine(msgspec.Struct, rename="camel"):
    """One line of a wire."""

    type: object = None
    created_at: object = msgspec.field(default=None, name="created_at")
    time: object = None
    cwd: object = None
    model_alias: object = None
    model: object = None
    summary: object = None
    usage: KimiUsage | None = None
    usage_scope: object = None
    count: object = None  # of prompts that were taken back
    message: KimiMessage | None = None
    event: KimiEvent | None = None


LINE = TypedDecoder(WireLine)
OUTPUT = TypedDecoder(KimiOutput)
_CALL = TypedDecoder(_KimiCall)
