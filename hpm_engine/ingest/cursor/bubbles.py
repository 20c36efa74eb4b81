"""Bubbles: what Cursor's editor shows of a chat, one after the other, as steps."""

from __future__ import annotations

from functools import partial

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, is_object, is_string, raw_text, string
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.reply_pieces import ReplyPieces
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_USERS, _AGENTS = (1, "1", "user"), (2, "2", "ai", "assistant")
_FAILED = ("error", "failed")
_REFUSED = ("cancelled", "canceled", "aborted", "rejected")


class BubbleTool(msgspec.Struct, rename="camel"):
    """A call and its result."""

    name: object = None
    tool_call_id: object = None
    raw_args: msgspec.Raw = NO_JSON
    params: msgspec.Raw = NO_JSON
    result: msgspec.Raw = NO_JSON
    error: msgspec.Raw = NO_JSON
    status: object = None
    user_decision: object = None


class BubbleTokens(msgspec.Struct, rename="camel"):
    """Tokens of a reply; zeros where Cursor did not count."""

    input_tokens: object = None
    output_tokens: object = None


class BubbleModel(msgspec.Struct, rename="camel"):
    """The model of a reply."""

    model_name: object = None


class SelectedImage(msgspec.Struct):
    """A picture beside a prompt, by its path."""

    path: object = None


class BubbleContext(msgspec.Struct, rename="camel"):
    """What a person added to a prompt."""

    selected_images: list[SelectedImage] | None = None


class Bubble(msgspec.Struct, rename="camel"):
    """One bubble, of a person (type 1) or of the agent (2); in the oldest chats user or ai."""

    type: object = None
    bubble_id: object = None
    id: object = None
    text: object = None
    raw_text: object = None
    thinking: msgspec.Raw = NO_JSON
    tool_former_data: BubbleTool | None = None
    created_at: object = None
    token_count: BubbleTokens | None = None
    model_info: BubbleModel | None = None
    model_type: object = None
    selected_images: list[SelectedImage] | None = None
    context: BubbleContext | None = None
    workspace_uris: object = None  # of the folders that were open

    @property
    def workspace_uri(self) -> str:
        """The first of the folders that were open, as a URI; "" for none."""
        uris = self.workspace_uris
        first = uris[0] if isinstance(uris, list) and uris else None
        return first if isinstance(first, str) else ""

    @property
    def identity(self) -> str:
        """The bubble's id in its chat."""
        return text_of(self.bubble_id or self.id)


class BubbleThought(msgspec.Struct):
    """The model's thinking."""

    text: object = None


class VisibleError(msgspec.Struct, rename="camel"):
    """An error as Cursor shows it."""

    client_visible_error_message: object = None


BUBBLE = TypedDecoder(Bubble)
_THOUGHT = TypedDecoder(BubbleThought)
_ERROR = TypedDecoder(VisibleError)


class BubbleSteps:
    """The steps of a chat, from its bubbles."""

    def __init__(self, gathered: GatheredSession, account: Account) -> None:
        self._gathered = gathered
        self._account = account
        self._replies = ReplyPieces(gathered)

    def add(self, bubble: Bubble, raw: Raw) -> None:
        """Add a bubble."""
        at = micros(bubble.created_at)
        if bubble.type in _USERS:
            self._replies.end()
            self._ask(bubble, raw, at)
        elif bubble.type in _AGENTS:
            self._answer(bubble, raw, at)
        else:
            self._account.miss(f"a bubble of type {text_of(bubble.type)[:40]}")

    def _ask(self, bubble: Bubble, raw: Raw, at: int | None) -> None:
        """Add a prompt, an empty one too: the oldest chats end with the box for the next one."""
        images = bubble.selected_images or (bubble.context and bubble.context.selected_images) or []
        shown = [f"[image: {path}]" for image in images if (path := text_of(image.path))]
        text = "\n".join(filter(None, (_words(bubble), *shown)))
        if text and not text.isspace():
            self._gathered.prompt(text, raw, at)
        else:
            empty = Part(PartKind.MESSAGE, "")
            self._gathered.turns.append(Turn(StepSource.USER, [empty], raw, at))

    def _answer(self, bubble: Bubble, raw: Raw, at: int | None) -> None:
        turn: Turn | None = None
        if (thought := _thoughts(bubble.thinking)).strip():
            turn = self._replies.thought(thought, raw, at)
        if (words := _words(bubble)).strip():
            turn = self._replies.words(words, raw, at)
        if bubble.tool_former_data is not None:
            turn = self._call(bubble.tool_former_data, raw, at)
        if turn is not None:
            model = text_of(bubble.model_info.model_name) if bubble.model_info else ""
            turn.model = model or text_of(bubble.model_type) or turn.model
            _count(turn, bubble.token_count)

    def _call(self, tool: BubbleTool, raw: Raw, at: int | None) -> Turn:
        """Add a call, and its result if it has come."""
        call_id = text_of(tool.tool_call_id)
        arguments = raw_text(tool.raw_args) or raw_text(tool.params)
        call = Part(PartKind.CALL, arguments, text_of(tool.name), call_id)
        turn = self._replies.call(call, raw, at)
        error = raw_text(tool.error)
        refused = tool.status in _REFUSED or tool.user_decision == "rejected"
        text = raw_text(tool.result) or _visible(error)
        if refused:
            turn.flags |= StepFlag.INTERRUPTED
        if text or tool.status in ("completed", *_FAILED):
            failed = not refused and (tool.status in _FAILED or bool(error))
            turn.answer(text, "", call_id, failed)
        return turn


def _words(bubble: Bubble) -> str:
    return text_of(bubble.text) or text_of(bubble.raw_text)


def _count(turn: Turn, tokens: BubbleTokens | None) -> None:
    """Add what a bubble cost; a zero means that Cursor did not count."""
    if tokens is not None:
        read, written = token_count(tokens.input_tokens), token_count(tokens.output_tokens)
        turn.tokens_in = (turn.tokens_in or 0) + read if read else turn.tokens_in
        turn.tokens_out = (turn.tokens_out or 0) + written if written else turn.tokens_out


def _thoughts(thinking: msgspec.Raw) -> str:
    if is_string(thinking):
        return string(thinking)
    thought = _THOUGHT.nested(thinking) if is_object(thinking) else None
    return text_of(thought.text) if thought is not None else ""


def _visible(error: str) -> str:
    """An error's text as a person saw it."""
    if not error.startswith("{"):
        return error
    shown = _ERROR.nested(msgspec.Raw(error.encode())) or VisibleError()
    return text_of(shown.client_visible_error_message) or error


def nested_bubble(raw: msgspec.Raw, account: Account) -> Bubble | None:
    """The bubble in a JSON value; None where it is none."""
    return BUBBLE.nested(raw, partial(account.miss_field, "a bubble"))
