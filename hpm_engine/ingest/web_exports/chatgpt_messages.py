"""The messages of a branch of a ChatGPT conversation, gathered into a session."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.answer import Answer
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.web_exports.prompt import say_prompt

_ALL = ("all", "")  # recipients that are the person
_POINTER = "_asset_pointer"


class _GptAuthor(msgspec.Struct):
    """Who wrote a message; ``name`` is a tool's."""

    role: object = None
    name: object = None


class _GptContent(msgspec.Struct):
    """A message's content in all its types."""

    content_type: object = None
    parts: object = None
    text: object = None
    result: object = None
    thoughts: object = None
    content: object = None
    title: object = None
    url: object = None
    user_profile: object = None
    user_instructions: object = None


class _GptRun(msgspec.Struct):
    """How a tool's run ended."""

    status: object = None


class _GptMetadata(msgspec.Struct):
    """What is known of a message."""

    hidden: object = msgspec.field(default=None, name="is_visually_hidden_from_conversation")
    model_slug: object = None
    attachments: object = None
    aggregate_result: _GptRun | None = None


class ChatGptMessage(msgspec.Struct):
    """One message of the tree."""

    id: object = None
    author: _GptAuthor | None = None
    create_time: object = None
    content: _GptContent | None = None
    status: object = None
    recipient: object = None
    metadata: _GptMetadata | None = None


MESSAGE = TypedDecoder(ChatGptMessage)


class ChatGptBranch:
    """A session from the messages on one path of its tree.

    Thoughts, calls and results are of the answer that follows them, as on the screen.
    """

    def __init__(self, session: GatheredSession) -> None:
        self._session = session
        self._answer: Answer | None = None
        self._call_id = ""

    def add(self, message: ChatGptMessage, raw: tuple[int, int]) -> None:
        """Add the next message."""
        at = micros(message.create_time)
        if at is not None:
            self._session.ended_at = max(at, self._session.ended_at or at)
        role = text_of(message.author.role) if message.author else ""
        content, metadata = message.content or _GptContent(), message.metadata or _GptMetadata()
        text = _text(content)
        if metadata.hidden is True or content.content_type == "user_editable_context":
            self._session.context(text, raw, at)
        elif role == "user":
            self._end()
            words, given = _prompt(content)
            say_prompt(self._session, words, [*given, *_files(metadata)], raw, at)
        elif role == "assistant":
            self._assistant(message, content, text, raw, at)
        elif role == "tool":
            failed = content.content_type == "system_error" or _has_failed(message, metadata)
            name = text_of(message.author.name) if message.author else ""
            self._open(raw, at).result(text, self._call_id, name=name, is_error=failed)
        elif text:
            self._session.notice(text, raw, at)

    def finish(self) -> None:
        """End the last answer."""
        self._end()

    def _assistant(
        self,
        message: ChatGptMessage,
        content: _GptContent,
        text: str,
        raw: tuple[int, int],
        at: int | None,
    ) -> None:
        kind, recipient = content.content_type, text_of(message.recipient)
        answer = self._open(raw, at)
        model = text_of(message.metadata.model_slug) if message.metadata else ""
        if model:
            answer.turn.model = self._session.model = model
        if kind in ("thoughts", "reasoning_recap"):
            answer.think(text)
        elif kind == "code" or recipient not in _ALL:
            self._call_id = text_of(message.id)
            answer.call("code" if recipient in _ALL else recipient, text, self._call_id)
        else:
            answer.say(text)
        if answer.is_said:
            self._end()

    def _open(self, raw: tuple[int, int], at: int | None) -> Answer:
        if self._answer is None:
            self._answer = Answer(raw, at)
        self._answer.reach(raw)
        return self._answer

    def _end(self) -> None:
        answer, self._answer, self._call_id = self._answer, None, ""
        if answer is not None and answer.turn.parts:
            self._session.turns.append(answer.turn)


def says_something(message: ChatGptMessage) -> bool:
    """Whether a message holds any text."""
    return message.content is not None and bool(_text(message.content).strip())


def _has_failed(message: ChatGptMessage, metadata: _GptMetadata) -> bool:
    run = metadata.aggregate_result
    ended = text_of(run.status) if run else ""
    return ended.startswith("fail") or text_of(message.status).startswith("fail")


def _text(content: _GptContent) -> str:
    """The text of a content of any type, files in it as placeholders."""
    if isinstance(content.thoughts, list):
        return "\n\n".join(filter(None, map(_thought, content.thoughts)))
    if isinstance(content.parts, list):
        return "\n".join(filter(None, map(_part, content.parts)))
    texts = (content.user_profile, content.user_instructions, content.title, content.url)
    bodies = (content.text, content.result, content.content)
    body = next((text for body in bodies if (text := text_of(body))), "")
    return "\n".join([*filter(None, map(text_of, texts)), body]).strip("\n")


def _prompt(content: _GptContent) -> tuple[str, list[str]]:
    """The words of a person's message, and the images and sounds among them."""
    if not isinstance(content.parts, list):
        return _text(content), []
    given = [_part(part) for part in content.parts if _pointer(part)]
    words = [_part(part) for part in content.parts if not _pointer(part)]
    return "\n".join(filter(None, words)), given


def _pointer(part: object) -> str:
    """What a pointer to a file points to: "image"; "" for other parts."""
    kind = part.get("content_type") if isinstance(part, dict) else None
    is_pointer = isinstance(kind, str) and kind.endswith(_POINTER)
    return kind.removesuffix(_POINTER) if is_pointer and isinstance(kind, str) else ""


def _thought(thought: object) -> str:
    if not isinstance(thought, dict):
        return text_of(thought)
    return "\n".join(
        filter(None, (text_of(thought.get("summary")), text_of(thought.get("content"))))
    )


def _part(part: object) -> str:
    if isinstance(part, dict) and (kind := _pointer(part)):
        return f"[{kind}: {text_of(part.get('asset_pointer'))}]"
    return text_of(part)


def _files(metadata: _GptMetadata) -> list[str]:
    """The names of files that a person attached; images are among the parts."""
    attached = metadata.attachments if isinstance(metadata.attachments, list) else []
    return [
        f"[file: {text_of(file.get('name'))}]"
        for file in attached
        if isinstance(file, dict)
        and not text_of(file.get("mime_type") or file.get("mimeType")).startswith("image/")
        and file.get("name")
    ]
