"""The messages of a Gemini CLI session, added to a conversation."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.gemini.parts import parts_text, response_failed
from hpm_engine.ingest.gemini.prompts import prompt_pieces
from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class Thought(msgspec.Struct):
    """A summary of the model's thoughts."""

    subject: object = None
    description: object = None


class Tokens(msgspec.Struct):
    """A reply's tokens; ``input`` includes cached ones, ``output`` excludes thoughts."""

    input: object = None
    output: object = None
    thoughts: object = None
    tool: object = None


class GeminiCall(msgspec.Struct):
    """A call together with its result."""

    id: object = None
    name: object = None
    args: msgspec.Raw = NO_JSON
    result: object = None
    status: object = None
    display: object = msgspec.field(default=None, name="resultDisplay")


class GeminiMessage(msgspec.Struct):
    """One message; ``type`` is user, gemini, info, warning or error."""

    id: object = None
    timestamp: object = None
    type: object = None
    content: object = None
    shown: object = msgspec.field(default=None, name="displayContent")
    model: object = None
    thoughts: list[Thought] | None = None
    tokens: Tokens | None = None
    calls: list[GeminiCall] | None = msgspec.field(default=None, name="toolCalls")


MESSAGE = TypedDecoder(GeminiMessage)


def add_gemini_message(
    conversation: Conversation, message: GeminiMessage, raw: tuple[int, int]
) -> None:
    """Add one message; a call and its result belong to the reply that made it."""
    at, text = micros(message.timestamp), parts_text(message.content)
    if message.type == "user":
        say_prompt(conversation, prompt_pieces(message.content, message.shown), raw, at)
    elif message.type == "gemini":
        _add_reply(conversation, message, text, raw, at)
    else:
        turn = conversation.say(StepSource.SYSTEM, text, raw, at=at)
        if turn is not None:
            turn.flags |= StepFlag.INJECTED
            turn.flags |= StepFlag.ERROR if message.type == "error" else StepFlag.NONE


def say_prompt(
    conversation: Conversation,
    pieces: list[tuple[bool, str]],
    raw: tuple[int, int],
    at: int | None = None,
) -> None:
    """Add a message of the user's side: the person's words and injected texts, as steps."""
    for injected, text in pieces:
        turn = conversation.say(StepSource.USER, text, raw, at=at)
        if turn is not None and injected:
            turn.flags |= StepFlag.INJECTED


def _add_reply(
    conversation: Conversation,
    message: GeminiMessage,
    text: str,
    raw: tuple[int, int],
    at: int | None,
) -> None:
    thoughts = [
        "\n".join(filter(None, (text_of(thought.subject), text_of(thought.description))))
        for thought in message.thoughts or ()
    ]
    calls = message.calls or []
    turn = conversation.say(
        StepSource.AGENT,
        text,
        raw,
        at=at,
        reasoning="\n\n".join(thought for thought in thoughts if thought),
        calls=[
            Part(PartKind.CALL, raw_text(call.args), text_of(call.name), text_of(call.id))
            for call in calls
        ],
    )
    if turn is None:
        return
    turn.model = text_of(message.model)
    _count(turn, message.tokens or Tokens())
    for call in calls:
        _answer(turn, call)


def _count(turn: Turn, tokens: Tokens) -> None:
    read = [token_count(tokens.input), token_count(tokens.tool)]
    written = [token_count(tokens.output), token_count(tokens.thoughts)]
    if read[0] is not None:
        turn.tokens_in = sum(count for count in read if count is not None)
    if written[0] is not None:
        turn.tokens_out = sum(count for count in written if count is not None)


def _answer(turn: Turn, call: GeminiCall) -> None:
    """Add a call's result; a call that had none yet stays unanswered."""
    if call.status == "cancelled":
        turn.flags |= StepFlag.INTERRUPTED
    text = parts_text(call.result)
    if not text and isinstance(call.display, str):
        text = call.display
    if not text and call.result is None and call.status not in ("success", "error", "cancelled"):
        return
    refused = call.status == "cancelled"
    failed = not refused and (call.status == "error" or response_failed(call.result))
    turn.answer(text, "", text_of(call.id), failed)
