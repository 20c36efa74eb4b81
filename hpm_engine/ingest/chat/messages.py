"""Chat messages in the dialects of OpenAI, Anthropic and ShareGPT, added to a conversation."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.chat.autogen import AutoGenMessage, add_autogen, autogen_role
from hpm_engine.ingest.chat.calls import Miss, calls_in, unheard
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.ingest.steps.text_calls import split_calls
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_SOURCES = {
    "user": StepSource.USER,
    "human": StepSource.USER,
    "assistant": StepSource.AGENT,
    "gpt": StepSource.AGENT,
    "ai": StepSource.AGENT,
    "agent": StepSource.AGENT,
    "model": StepSource.AGENT,
    "bot": StepSource.AGENT,
    "chatgpt": StepSource.AGENT,
    "system": StepSource.SYSTEM,
    "developer": StepSource.SYSTEM,
}
ROLES = frozenset(_SOURCES) | {
    "tool",
    "function",
    "observation",
    "environment",
    "ipython",
    "tool_response",
    "function_response",
}
_INJECTED = ("<system-reminder>", "<environment_context>", "<environment_details>")
_FAILED = (
    "<tool_error>",
    "Error:",
    "ERROR:",
    "OBSERVATION:\nERROR:",
    "Traceback (most recent call last)",
)


class ChatMessage(AutoGenMessage):
    """The fields of a message in all dialects; those that a dialect lacks keep their defaults."""

    role: object = None
    speaker: object = msgspec.field(default=None, name="from")
    value: object = None
    text: object = None
    system_prompt: object = None
    output: object = None
    name: object = None
    sender: object = None
    agent: object = None
    agent_name: object = None
    role_name: object = None
    reasoning_content: object = None
    reasoning: object = None
    tool_calls: msgspec.Raw = NO_JSON
    function_call: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    is_error: object = None
    error: object = None
    injected: object = None
    timestamp: object = None
    model: object = None

    @property
    def who(self) -> str:
        """The speaker, where several share a role; "" where the name is only the role."""
        names = (self.name, self.sender, self.agent_name, self.agent, self.role_name)
        stripped = (name.strip() for name in names if isinstance(name, str))
        return next((name for name in stripped if name and name.lower() not in ROLES), "")


CHAT_MESSAGE = TypedDecoder(ChatMessage)


def role_of(record: object) -> str:
    """The role of a message; "" for a record that is no message."""
    if not isinstance(record, dict):
        return ""
    role = record.get("role") or record.get("from")
    if role is None:
        return autogen_role(record)
    return role if isinstance(role, str) and role.lower() in ROLES else ""


def source_of_role(role: str) -> StepSource | None:
    """The source of steps with a role; None for a tool and for an unknown role."""
    return _SOURCES.get(role.lower())


def add_message(
    conversation: Conversation,
    message: ChatMessage,
    raw: tuple[int, int],
    *,
    fenced: bool = False,
    miss: Miss = unheard,
) -> None:
    """Add one message; see ``split_calls`` for ``fenced``.

    ``miss`` hears of each call of an unknown shape.
    """
    role = _word(message.role or message.speaker).lower()
    if not role and autogen_role({"type": message.type, "source": message.source}):
        add_autogen(conversation, message, raw, miss)
        return
    source = _SOURCES.get(role)
    at = micros(message.timestamp)
    text = text_of(_first(message.content, message.value, message.text, message.system_prompt))
    if source is None:
        text = text or text_of(_first(message.output, message.result))
        call_id = _word(message.tool_call_id)
        error = message.is_error is True or bool(message.error) or text.startswith(_FAILED)
        text = text or text_of(message.error)
        name = _word(message.name)
        if role not in ROLES and not text:  # such as the session's data at its end
            miss("a message of an unknown role")
            return
        conversation.answer(call_id, text, raw, name=name, is_error=error, at=at)
    elif source is StepSource.AGENT:
        _add_agent(conversation, message, text, raw, at, fenced=fenced, miss=miss)
    elif source is StepSource.USER:
        _add_user(conversation, message, text, raw, at)
    else:
        conversation.say(source, text, raw, at=at, speaker=message.who)


def _add_agent(
    conversation: Conversation,
    message: ChatMessage,
    text: str,
    raw: tuple[int, int],
    at: int | None,
    *,
    fenced: bool,
    miss: Miss,
) -> None:
    blocks = message.content if isinstance(message.content, list) else []
    calls = calls_in(message.tool_calls, miss)
    calls += (call for call in calls_in(message.function_call, miss) if call.name)
    calls.extend(_block_call(block) for block in blocks if _kind(block) == "tool_use")
    reasoning = text_of(_first(message.reasoning_content, message.reasoning))
    if blocks:
        text = text_of([block for block in blocks if _kind(block) not in _APART])
        thoughts = [block.get("thinking") for block in blocks if _kind(block) == "thinking"]
        reasoning = reasoning or text_of(thoughts)
    written: list[Part] = []
    if not calls:
        text, written = split_calls(text, fenced=fenced)
        calls = written
    turn = conversation.say(
        StepSource.AGENT,
        text,
        raw,
        at=at,
        reasoning=reasoning,
        calls=calls,
        speaker=message.who,
    )
    if turn is not None:
        turn.model = _word(message.model)
        turn.written = bool(written)


# Blocks that are no part of a message's text.
_APART = frozenset(("tool_use", "tool_result", "thinking", "redacted_thinking"))


def _add_user(
    conversation: Conversation,
    message: ChatMessage,
    text: str,
    raw: tuple[int, int],
    at: int | None,
) -> None:
    blocks = message.content if isinstance(message.content, list) else []
    results = [block for block in blocks if _kind(block) == "tool_result"]
    for block in results:
        call_id, error = _word(block.get("tool_use_id")), block.get("is_error") is True
        content = _first(*(block.get(key) for key in ("content", "output", "result")))
        conversation.answer(call_id, text_of(content), raw, is_error=error, at=at)
    if results:
        text = text_of([block for block in blocks if _kind(block) not in _APART])
    elif _answers_text_call(conversation.last):
        conversation.answer("", text, raw, is_error=text.startswith(_FAILED), at=at)
        return
    turn = conversation.say(StepSource.USER, text, raw, at=at, speaker=message.who)
    if turn is not None and (message.injected is True or text.startswith(_INJECTED)):
        turn.flags |= StepFlag.INJECTED


def _answers_text_call(last: Turn | None) -> bool:
    """Whether the last step called a tool in its prose: the result then comes as user text."""
    return last is not None and last.written and bool(last.waiting)


def _block_call(block: dict[str, object]) -> Part:
    text = msgspec.json.encode(block.get("input")).decode()
    return Part(PartKind.CALL, text, _word(block.get("name")), _word(block.get("id")))


def _kind(block: object) -> str:
    kind = block.get("type") if isinstance(block, dict) else None
    return kind if isinstance(kind, str) else ""


def _first(*values: object) -> object:
    return next((value for value in values if value not in (None, "")), None)


def _word(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
