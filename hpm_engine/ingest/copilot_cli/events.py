"""The events of a session of Copilot CLI: only the fields that matter here."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import NO_JSON, elements, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.values.episodes import Part, PartKind


class CopilotEvent(msgspec.Struct, rename="camel"):
    """One line; ``ephemeral`` ones are pieces of an event that is written whole later."""

    type: object = None
    timestamp: object = None
    ephemeral: object = None
    session_id: object = None  # of the stream's last line
    agent_id: object = None  # of the subagent that it is of
    data: msgspec.Raw = NO_JSON


class _Context(msgspec.Struct):
    """Where a session works."""

    cwd: object = None
    branch: object = None


class CopilotData(msgspec.Struct, rename="camel"):
    """What an event says; those fields that its type lacks keep their defaults."""

    session_id: object = None
    context: msgspec.Raw = NO_JSON
    selected_model: object = None
    new_model: object = None
    chosen_model: object = None
    model: object = None
    content: object = None
    source: object = None
    attachments: msgspec.Raw = NO_JSON
    tool_requests: msgspec.Raw = NO_JSON
    output_tokens: object = None
    reasoning_text: object = None
    chunk_index: object = None
    chunk_count: object = None
    message_id: object = None
    tool_call_id: object = None
    parent_tool_call_id: object = None
    success: object = None
    result: msgspec.Raw = NO_JSON
    error: msgspec.Raw = NO_JSON
    message: object = None
    agent_id: object = None
    agent_name: object = None
    agent_display_name: object = None
    summary_content: object = None
    title: object = None


class _Request(msgspec.Struct, rename="camel"):
    """A call that the model asks for."""

    tool_call_id: object = None
    name: object = None
    arguments: msgspec.Raw = NO_JSON


class _TaskArguments(msgspec.Struct):
    """The arguments of a call that starts a subagent."""

    prompt: object = None


class _Result(msgspec.Struct, rename="camel"):
    """What a tool gave, or why it failed."""

    content: object = None
    detailed_content: object = None
    message: object = None


class _AddedFile(msgspec.Struct, rename="camel"):
    """A file, folder or picture that a person added to a prompt."""

    type: object = None
    path: object = None
    display_name: object = None


EVENT = TypedDecoder(CopilotEvent)
DATA = TypedDecoder(CopilotData)
_CONTEXT = TypedDecoder(_Context)
_REQUEST = TypedDecoder(_Request)
_ASKED = TypedDecoder(_TaskArguments)
_RESULT = TypedDecoder(_Result)
_ADDED_FILE = TypedDecoder(_AddedFile)


def place(data: CopilotData) -> tuple[str, str]:
    """The folder and the branch that an event names; "" for none."""
    context = _CONTEXT.nested(data.context) or _Context()
    return text(context.cwd), text(context.branch)


def requested_calls(data: CopilotData) -> list[Part]:
    """The calls of a reply."""
    requests = (_REQUEST.nested(raw) for raw in elements(data.tool_requests))
    return [
        Part(
            PartKind.CALL,
            raw_text(request.arguments),
            text(request.name),
            text(request.tool_call_id),
        )
        for request in requests
        if request is not None
    ]


def asked_of(call: Part) -> str:
    """The prompt in the arguments of a call that starts a subagent; "" for none."""
    arguments = _ASKED.nested(msgspec.Raw(call.text.encode("utf-8", "replace"))) or _TaskArguments()
    return text(arguments.prompt)


def outcome(data: CopilotData) -> str:
    """The text that a tool gave back: what the model read, else what people see, else the error."""
    result = _RESULT.nested(data.result) or _Result()
    error = _RESULT.nested(data.error) or _Result()
    texts = (text_of(result.content), text_of(result.detailed_content), text_of(error.message))
    return next(filter(None, texts), "") or raw_text(data.result) or raw_text(data.error)


def attached(data: CopilotData) -> list[str]:
    """A placeholder for each file that was added to a prompt."""
    files = (_ADDED_FILE.nested(raw) for raw in elements(data.attachments))
    named = ((file, text(file.path) or text(file.display_name)) for file in files if file)
    return [f"[{text(file.type) or 'file'}: {name}]" for file, name in named if name]
