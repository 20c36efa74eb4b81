"""A thread's document: messages of a person and the agent, in Zed's two shapes."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_object, is_string, raw_text
from hpm_engine.ingest.json.raw_values import string as raw_string
from hpm_engine.ingest.json.text import RAW_OBJECT
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import Blocks, content_text
from hpm_engine.ingest.steps.content import placeholder, text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.episodes import Part, PartKind

FORMAT = "zed"
_RESUME = "Resume"  # the person let the agent go on, without a word


class ZedModel(msgspec.Struct):
    """The model that the thread asks now."""

    model: object = None


class ZedTokens(msgspec.Struct):
    """Sums of tokens; ``input_tokens`` are without cached ones."""

    input_tokens: object = None
    output_tokens: object = None
    cache_creation_input_tokens: object = None
    cache_read_input_tokens: object = None


class ZedThread(msgspec.Struct):
    """A document."""

    title: object = None
    summary: object = None
    model: ZedModel | None = None
    messages: msgspec.Raw = NO_JSON
    cumulative_token_usage: ZedTokens | None = None


class ZedSide(msgspec.Struct):
    """What one side says."""

    content: msgspec.Raw = NO_JSON
    tool_results: msgspec.Raw = NO_JSON


class ZedSegment(msgspec.Struct):
    """A piece of an older message."""

    type: object = None
    text: object = None


class ZedUse(msgspec.Struct):
    """A call."""

    id: object = None
    name: object = None
    input: msgspec.Raw = NO_JSON
    raw_input: object = None


class ZedOutcome(msgspec.Struct):
    """The result of a call."""

    tool_use_id: object = None
    is_error: object = None
    content: msgspec.Raw = NO_JSON
    output: msgspec.Raw = NO_JSON


class ZedMessage(msgspec.Struct):
    """A message of today's shape, or of the older one with a role."""

    user: ZedSide | None = msgspec.field(default=None, name="User")
    agent: ZedSide | None = msgspec.field(default=None, name="Agent")
    role: object = None
    segments: list[ZedSegment] | None = None
    tool_uses: list[ZedUse] | None = None
    tool_results: list[ZedOutcome] | None = None


class ZedMention(msgspec.Struct):
    """A file or another thing that a person named, with what it held."""

    uri: msgspec.Raw = NO_JSON
    content: object = None


class ZedText(msgspec.Struct):
    """A thought."""

    text: object = None


class ZedImage(msgspec.Struct):
    """A picture, in base64."""

    source: object = None


class ZedPiece(msgspec.Struct):
    """A piece of a content; exactly one of the fields is there."""

    text: object = msgspec.field(default=None, name="Text")
    thinking: ZedText | None = msgspec.field(default=None, name="Thinking")
    hidden: object = msgspec.field(default=None, name="RedactedThinking")
    use: ZedUse | None = msgspec.field(default=None, name="ToolUse")
    mention: ZedMention | None = msgspec.field(default=None, name="Mention")
    image: ZedImage | None = msgspec.field(default=None, name="Image")


_MESSAGE = TypedDecoder(ZedMessage)
_PIECE = TypedDecoder(ZedPiece)
_OUTCOME = TypedDecoder(ZedOutcome)


def read_thread(gathered: GatheredSession, thread: ZedThread, raw: Raw, account: Account) -> None:
    """Add all messages of a document; every one of them has the location ``raw``."""
    gathered.agent_name = gathered.agent_name or text_of(thread.title or thread.summary)
    gathered.model = text_of(thread.model.model) if thread.model else ""
    _count(gathered, thread.cumulative_token_usage)
    for item in elements(thread.messages):
        message = _MESSAGE.nested(item)
        if is_string(item) and raw_string(item) == _RESUME:
            continue
        if message is None or not _add(gathered, message, raw, account):
            account.miss("a message of a thread")


def _count(gathered: GatheredSession, tokens: ZedTokens | None) -> None:
    if tokens is not None:
        cached = (tokens.cache_creation_input_tokens, tokens.cache_read_input_tokens)
        known = [n for n in map(token_count, (tokens.input_tokens, *cached)) if n is not None]
        gathered.tokens_in = sum(known) if known else None
        gathered.tokens_out = token_count(tokens.output_tokens)


def _add(gathered: GatheredSession, message: ZedMessage, raw: Raw, account: Account) -> bool:
    if message.user is not None:
        blocks, mentions = _pieces(message.user.content, account)
        _ask(gathered, blocks.text, mentions, raw)
    elif message.agent is not None:
        blocks, _ = _pieces(message.agent.content, account)
        _reply(gathered, blocks, _outcomes(message.agent.tool_results), raw)
    elif message.role == "user":
        blocks = _segments(message)
        for outcome in message.tool_results or []:
            _answer(gathered, outcome, raw)
        _ask(gathered, blocks.text, [], raw)
    elif message.role == "assistant":
        _reply(gathered, _segments(message), message.tool_results or [], raw)
    elif message.role == "system":
        gathered.context(_segments(message).text, raw)
    else:
        return False
    return True


def _ask(gathered: GatheredSession, words: str, mentions: list[tuple[str, str]], raw: Raw) -> None:
    """Add a prompt: the words, or else the names of what was mentioned; their texts as context."""
    for _, content in mentions:
        gathered.context(content, raw)
    if words.strip():
        gathered.prompt(words, raw)
    else:
        gathered.words(" ".join(f"@{uri}" for uri, _ in mentions), raw)


def _reply(gathered: GatheredSession, blocks: Blocks, outcomes: list[ZedOutcome], raw: Raw) -> None:
    gathered.reply(
        blocks.text,
        raw,
        reasoning=blocks.reasoning,
        calls=blocks.calls,
        model=gathered.model,
    )
    for outcome in outcomes:
        _answer(gathered, outcome, raw)


def _answer(gathered: GatheredSession, outcome: ZedOutcome, raw: Raw) -> None:
    text = _result_text(outcome.content) or content_text(outcome.output)
    failed = outcome.is_error is True
    gathered.result(text_of(outcome.tool_use_id), text, raw, is_error=failed)


def _result_text(content: msgspec.Raw) -> str:
    if not is_object(content):
        return content_text(content)
    piece = _PIECE.nested(content) or ZedPiece()
    if piece.image is not None:
        return _picture(piece.image)
    return text_of(piece.text) if piece.text is not None else content_text(content)


def _outcomes(results: msgspec.Raw) -> list[ZedOutcome]:
    """The results of an agent's message, which are under the ids of their calls."""
    try:
        by_call = RAW_OBJECT.decode(results) if is_object(results) else {}
    except (ValueError, RecursionError):
        return []
    outcomes = []
    for call_id, raw in by_call.items():
        outcome = _OUTCOME.nested(raw) or ZedOutcome()
        outcome.tool_use_id = outcome.tool_use_id or call_id
        outcomes.append(outcome)
    return outcomes


def _pieces(content: msgspec.Raw, account: Account) -> tuple[Blocks, list[tuple[str, str]]]:
    """The blocks of a content, and what it mentions: names and texts."""
    blocks, mentions = Blocks([], [], [], []), []
    if is_string(content):
        blocks.texts.append(raw_string(content))
    for raw in elements(content):
        piece = _PIECE.nested(raw) or ZedPiece()
        if piece.text is not None:
            blocks.texts.append(text_of(piece.text))
        elif piece.thinking is not None:
            blocks.thoughts.append(text_of(piece.thinking.text))
        elif piece.use is not None:
            blocks.calls.append(_call(piece.use))
        elif piece.mention is not None:
            mention = piece.mention
            mentions.append((raw_text(mention.uri), text_of(mention.content)))
        elif piece.image is not None:
            blocks.texts.append(_picture(piece.image))
        elif piece.hidden is None:
            account.miss("a piece of a message of a thread")
    return blocks, mentions


def _segments(message: ZedMessage) -> Blocks:
    blocks = Blocks([], [], [], [])
    for segment in message.segments or []:
        if segment.type == "thinking":
            blocks.thoughts.append(text_of(segment.text))
        elif segment.type != "redacted_thinking":
            blocks.texts.append(text_of(segment.text))
    blocks.calls.extend(map(_call, message.tool_uses or []))
    return blocks


def _call(use: ZedUse) -> Part:
    arguments = raw_text(use.input) or text_of(use.raw_input)
    return Part(PartKind.CALL, arguments, text_of(use.name), text_of(use.id))


def _picture(image: ZedImage) -> str:
    data = image.source if isinstance(image.source, str) else ""
    return placeholder("image", len(data))
