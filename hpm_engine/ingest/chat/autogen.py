"""Messages of AutoGen since 0.4, which name their source and their type, and no role."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.chat.calls import Miss, calls_in
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepSource

_SAID = (
    *("TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage", "StructuredMessage"),
    *("ToolCallSummaryMessage", "CodeGenerationEvent", "MemoryQueryEvent"),
)
_RAN = ("ToolCallExecutionEvent", "CodeExecutionEvent")
_TYPES = frozenset((*_SAID, *_RAN, "ToolCallRequestEvent", "ThoughtEvent"))
_PEOPLE = frozenset(("user", "human", "user_proxy", "userproxy", "userproxyagent"))


class AutoGenMessage(msgspec.Struct):
    """The fields of AutoGen's messages."""

    source: object = None
    type: object = None
    content: object = None
    result: object = None
    models_usage: object = None
    created_at: object = None


def autogen_role(record: dict[str, object]) -> str:
    """The role of the source of an AutoGen message; "" for any other record."""
    kind, source = record.get("type"), record.get("source")
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(source, str):
        return ""
    return "user" if source.lower() in _PEOPLE else "assistant"


def add_autogen(
    conversation: Conversation, message: AutoGenMessage, raw: tuple[int, int], miss: Miss
) -> None:
    """Add one message; ``miss`` hears of each call of an unknown shape."""
    speaker, at = text_of(message.source), micros(message.created_at)
    if message.type in _RAN:
        results = message.content if isinstance(message.content, list) else [message.result]
        for result in results:
            fields = result if isinstance(result, dict) else {"content": result}
            conversation.answer(
                text_of(fields.get("call_id")),
                text_of(fields.get("content") or fields.get("output")),
                raw,
                name=text_of(fields.get("name")),
                is_error=fields.get("is_error") is True,
                at=at,
            )
        return
    person = speaker.lower() in _PEOPLE
    source = StepSource.USER if person else StepSource.AGENT
    name = "" if speaker.lower() == "user" else speaker
    if message.type == "ToolCallRequestEvent":
        calls = calls_in(msgspec.Raw(msgspec.json.encode(message.content)), miss)
        turn = conversation.say(source, "", raw, at=at, calls=calls, speaker=name)
    elif message.type == "ThoughtEvent":
        thought = text_of(message.content)
        turn = conversation.say(source, "", raw, at=at, reasoning=thought, speaker=name)
    else:
        turn = conversation.say(source, text_of(message.content), raw, at=at, speaker=name)
    if turn is not None and isinstance(message.models_usage, dict):
        turn.tokens_in = token_count(message.models_usage.get("prompt_tokens"))
        turn.tokens_out = token_count(message.models_usage.get("completion_tokens"))
