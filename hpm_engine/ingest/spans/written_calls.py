"""Calls that a framework logs as the JSON text of a message."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.json.text import decode
from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.values.episodes import Part, PartKind

_OPENING = re.compile(r'\s*\[\s*\{\s*"(?:function|id|type)"')


class WrittenFunction(msgspec.Struct):
    """The function of a call."""

    name: str
    arguments: str = ""


class WrittenCall(msgspec.Struct):
    """One call in the shape of OpenAI's API."""

    function: WrittenFunction
    id: str = ""


_CALLS: msgspec.json.Decoder[list[WrittenCall]] = msgspec.json.Decoder(list[WrittenCall])


def spoken(message: SpanMessage) -> SpanMessage:
    """The message; one whose text is only calls becomes the agent's, with these calls."""
    if not _OPENING.match(message.text):
        return message
    try:
        written = decode(message.text.encode(), _CALLS, "")
    except CannotImport:
        return message
    calls = (
        Part(PartKind.CALL, call.function.arguments, call.function.name, call.id)
        for call in written
    )
    return SpanMessage("assistant", "", message.reasoning, (*message.calls, *calls))
