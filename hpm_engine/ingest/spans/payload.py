"""The messages in a span's prompt or reply, or at least its text."""

from __future__ import annotations

import re
from typing import Any

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.json.text import ANYTHING, decode
from hpm_engine.ingest.spans.message import SpanMessage, as_text, is_message, read_message, word

_TRANSCRIPT = re.compile(r"^(system|user|assistant|tool): ", re.MULTILINE)
_DEPTH = 4  # levels of JSON within strings, and of lists within lists
_ASSISTANT = "assistant"  # the role of a reply
_USER = "user"  # the role of a prompt
Messages = tuple[SpanMessage, ...]


def decoded(value: object) -> object:
    """The value in strings of JSON, also within each other; a number in a string stays."""
    for _ in range(_DEPTH):
        if not isinstance(value, str) or value.lstrip()[:1] not in ('"', "{", "["):
            break
        try:
            value = decode(value.encode(), ANYTHING, "")
        except CannotImport:
            break
    return None if value == "null" else value


def messages_in(payload: object, role: str) -> Messages:
    """The messages in a decoded payload; none for a payload of another kind.

    ``role`` is for messages without one: "user" in a prompt, "assistant" in a reply.
    """
    if isinstance(payload, list):
        return _from_list(payload, role, _DEPTH)
    return _from_object(payload, role) if isinstance(payload, dict) else ()


def plain_text(payload: object, role: str) -> Messages:
    """One message of ``role`` with the payload as text; several for a written transcript."""
    if isinstance(payload, dict):
        args = payload.get("args")
        if isinstance(args, list) and len(args) == 1 and isinstance(args[0], str):
            payload = args[0]
    if payload in (None, "", {}, []):
        return ()
    text = as_text(payload)
    marks = list(_TRANSCRIPT.finditer(text))
    if role != _USER or not marks or marks[0].start():
        return (SpanMessage(role, text),)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return tuple(
        SpanMessage(mark[1], text[mark.end() : end].rstrip("\n"))
        for mark, end in zip(marks, ends, strict=True)
    )


def _from_list(items: list[Any], role: str, depth: int) -> Messages:
    if len(items) == 1 and isinstance(items[0], list) and depth:
        return _from_list(items[0], role, depth - 1)
    if not any(is_message(item) for item in items):
        inner = [item["message"] for item in items if _wraps(item)]
        return _from_list(inner, role, depth - 1) if inner and depth else ()
    messages: list[SpanMessage] = []
    for item in items:
        if isinstance(item, dict):
            messages.extend(read_message(item, role))
        elif isinstance(item, str):
            messages.append(SpanMessage(role, item))
    return tuple(messages)


def _wraps(item: object) -> bool:
    return isinstance(item, dict) and is_message(item.get("message"))


def _from_object(payload: dict[str, Any], role: str) -> Messages:
    if is_message(payload):
        return tuple(read_message(payload, role))
    for reading in (_chat, _gemini, _choices, _generations, _responses, _wrapped, _prompt):
        if messages := reading(payload, role):
            return messages
    content = payload.get("content")
    if isinstance(content, list) and content:
        return tuple(read_message(payload, ""))
    return ()


def _chat(payload: dict[str, Any], role: str) -> Messages:
    items = decoded(payload.get("messages"))
    if not isinstance(items, list):
        return ()
    messages = _from_list(items, role, _DEPTH)
    system = as_text(payload.get("system"))
    return (SpanMessage("system", system), *messages) if system and messages else messages


def _gemini(payload: dict[str, Any], role: str) -> Messages:
    contents = payload.get("contents")
    if isinstance(contents, str):
        messages: Messages = (SpanMessage(_USER, contents),)
    elif isinstance(contents, dict):
        messages = tuple(read_message(contents, role))
    elif isinstance(contents, list):
        messages = _from_list(contents, role, _DEPTH)
    else:
        replies = payload.get("candidates")
        listed = replies if isinstance(replies, list) else []
        contents = [item.get("content") for item in listed if isinstance(item, dict)]
        return _from_list(contents, "model", _DEPTH)
    config = payload.get("config")
    outer = config if isinstance(config, dict) else payload
    instruction = outer.get("system_instruction") or outer.get("systemInstruction")
    if isinstance(instruction, dict):
        instruction = instruction.get("parts")
    text = as_text(instruction)
    return (SpanMessage("system", text), *messages) if text else messages


def _choices(payload: dict[str, Any], role: str) -> Messages:
    choices = payload.get("choices")
    if not isinstance(choices, list):
        return ()
    return _from_list([item.get("message") for item in choices if isinstance(item, dict)], role, 1)


def _generations(payload: dict[str, Any], role: str) -> Messages:
    rows = payload.get("generations")
    messages: list[SpanMessage] = []
    for row in rows if isinstance(rows, list) else ():
        for item in row if isinstance(row, list) else [row]:
            message = item.get("message") if isinstance(item, dict) else None
            if isinstance(message, dict):
                messages.extend(read_message(message, _ASSISTANT))
            elif isinstance(item, dict) and isinstance(item.get("text"), str):
                messages.append(SpanMessage(role, item["text"]))
    return tuple(messages)


def _responses(payload: dict[str, Any], role: str) -> Messages:
    """OpenAI's responses: a list of items under ``input`` or ``output``, as one message."""
    key = "input" if role == _USER else "output"
    items = decoded(payload.get(key))
    messages = _from_list(items, role, _DEPTH) if isinstance(items, list) else ()
    instructions = payload.get("instructions")
    if messages and role == _USER and isinstance(instructions, str):
        return (SpanMessage("system", instructions), *messages)
    if payload.get("object") != "response" or len(messages) < 2:
        return messages
    agent = [message for message in messages if not message.answers]
    return (
        SpanMessage(
            _ASSISTANT,
            "\n".join(filter(None, (message.text for message in agent))),
            "\n".join(filter(None, (message.reasoning for message in agent))),
            tuple(call for message in agent for call in message.calls),
        ),
    )


def _wrapped(payload: dict[str, Any], role: str) -> Messages:
    for key in ("new_message", "message", "content", "output", "input"):
        inner = payload.get(key)
        if not isinstance(inner, dict):
            continue
        if is_message(inner) or isinstance(inner.get("parts"), list):
            return tuple(read_message(inner, role))
    return ()


def _prompt(payload: dict[str, Any], role: str) -> Messages:
    prompt = word(payload.get("prompt"))
    if not prompt or role != _USER:
        return ()
    system = word(payload.get("system"))
    message = SpanMessage(_USER, prompt)
    return (SpanMessage("system", system), message) if system else (message,)
