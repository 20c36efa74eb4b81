"""Saved Gemini conversations: the contents for its API, as a list or under ``history``."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.gemini.folder import named_folder, root_beside
from hpm_engine.ingest.gemini.messages import say_prompt
from hpm_engine.ingest.gemini.parts import parts_text, response_failed
from hpm_engine.ingest.gemini.prompts import first_prompt, is_setup_reply, prompt_pieces
from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.text import RAW_LIST, Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.first_lines import project_of
from hpm_engine.ingest.steps.identity import head_digest, not_empty
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_ROLES = ("user", "model")


class FunctionCall(msgspec.Struct):
    """A call, which has no id in older versions."""

    id: object = None
    name: object = None
    args: msgspec.Raw = NO_JSON

    def part(self) -> Part:
        """The call as a part."""
        return Part(PartKind.CALL, raw_text(self.args), text_of(self.name), text_of(self.id))


class ContentPart(msgspec.Struct):
    """The fields of a call or a thought; all other parts are read as text."""

    call: FunctionCall | None = msgspec.field(default=None, name="functionCall")
    thought: object = None


class Content(msgspec.Struct):
    """One message of one side."""

    role: object = None
    parts: msgspec.Raw = NO_JSON


class GeminiCheckpoint(msgspec.Struct):
    """A conversation, saved together with its user's way of signing in."""

    history: list[msgspec.Raw]


_CHECKPOINT: msgspec.json.Decoder[GeminiCheckpoint] = msgspec.json.Decoder(GeminiCheckpoint)
_CONTENT = TypedDecoder(Content)
_PARTS: msgspec.json.Decoder[list[ContentPart]] = msgspec.json.Decoder(list[ContentPart])
_VALUES: msgspec.json.Decoder[list[object]] = msgspec.json.Decoder(list[object])


class GeminiCheckpointReader:
    """The files of ``/chat save``. They name no session: their beginning is their identity."""

    format = "gemini-checkpoint"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a list of contents, bare or under ``history``."""
        history = source.opening.keys.get("history", source.opening.value)
        first = history[0] if isinstance(history, list) and history else None
        return (
            isinstance(first, dict)
            and first.get("role") in _ROLES
            and isinstance(first.get("parts"), list)
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one conversation of a file."""
        document = Document(source.name, source.read())
        bare = isinstance(source.opening.value, list)
        raws = document.decode(RAW_LIST) if bare else document.decode(_CHECKPOINT).history
        conversation = Conversation()
        contents = typed_items(document, raws, _CONTENT, "a content", source.account)
        for _, start, size, content in contents:
            inner = Document(f"{source.name}, content at byte {start:,}", bytes(content.parts))
            _add(conversation, content.role == "model", inner, (start, size))
        steps = conversation.drafts()
        prompt = first_prompt(steps)
        cwd = root_beside(source) or named_folder(steps)
        draft = EpisodeDraft(
            format=self.format,
            key=head_digest(steps),
            steps=steps,
            agent="gemini-cli",
            project=project_of(cwd),
            cwd=cwd,
            task=task_line(prompt.parts[0].text) if prompt else "",
        )
        yield not_empty(draft, source.name, source.account)


def _add(conversation: Conversation, reply: bool, inner: Document, raw: tuple[int, int]) -> None:
    if not inner.data.startswith(b"["):
        return
    calls, values = inner.decode(_PARTS), inner.decode(_VALUES)
    thoughts: list[object] = []
    words: list[object] = []
    for part, value in zip(calls, values, strict=True):
        if isinstance(value, dict) and isinstance(value.get("functionResponse"), dict):
            response = value["functionResponse"]
            conversation.answer(
                text_of(response.get("id")),
                parts_text(value),
                raw,
                is_error=response_failed(value),
            )
        elif part.call is None:
            (thoughts if part.thought is True else words).append(value)
    if reply:
        turn = conversation.say(
            StepSource.AGENT,
            parts_text(words),
            raw,
            reasoning=parts_text(thoughts),
            calls=[part.call.part() for part in calls if part.call is not None],
        )
        if turn is not None and is_setup_reply(parts_text(words)) and len(conversation.turns) == 2:
            turn.flags |= conversation.turns[0].flags & StepFlag.INJECTED
    else:
        say_prompt(conversation, prompt_pieces(words), raw)
