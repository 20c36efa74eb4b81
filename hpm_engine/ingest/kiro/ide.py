"""Kiro's editor: a ``.chat`` file for each run of its agent."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import stem
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.steps.wrappers import inside
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag

FORMAT = "kiro-ide"
_SETUP = (
    *("# System Prompt", "# Identity", "<identity>", "## Included Rules"),
    "You are operating in a workspace",
)
_SETUP_REPLY = "I will follow these instructions."
_WRAPPER = "kiro-ide-message"


class KiroChatMessage(msgspec.Struct):
    """One message: of ``human``, ``bot`` or ``tool``."""

    role: object = None
    content: msgspec.Raw = NO_JSON


class KiroRunFacts(msgspec.Struct):
    """What is known of the whole run."""

    model: object = msgspec.field(default=None, name="modelId")
    start: object = msgspec.field(default=None, name="startTime")
    end: object = msgspec.field(default=None, name="endTime")


class KiroChat(msgspec.Struct):
    """A ``.chat`` file."""

    execution: object = msgspec.field(default=None, name="executionId")
    chat: msgspec.Raw = NO_JSON
    metadata: KiroRunFacts | None = None


_CHAT = TypedDecoder(KiroChat)
_MESSAGE = TypedDecoder(KiroChatMessage)


class KiroChats:
    """The runs of Kiro's agent in its editor."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object with a run's id and its chat."""
        record = source.opening.keys
        return "executionId" in record and isinstance(record.get("chat"), list)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The run of a file: no message has a time, the whole has its first and last."""
        document = Document(source.name, source.read())
        account = source.account
        chat = typed_document(document, _CHAT, "a chat", account)
        metadata = chat.metadata or KiroRunFacts()
        gathered = GatheredSession(FORMAT, text_of(chat.execution) or stem(source.name))
        model = text_of(metadata.model)
        messages = typed_items(document, elements(chat.chat), _MESSAGE, "a message", account)
        for _, start, size, message in messages:
            if not _add(gathered, message, (start, size), model):
                account.miss_record(f"a message of {text_of(message.role)[:40]}")
        gathered.model = model
        gathered.started_at, gathered.ended_at = micros(metadata.start), micros(metadata.end)
        draft = gathered.draft()
        if draft is None:
            raise account.nothing(source.name, "a chat of Kiro without a message.")
        yield draft


def _add(gathered: GatheredSession, message: KiroChatMessage, raw: Raw, model: str) -> bool:
    text = message_blocks(message.content).text
    if message.role == "human":
        if text.lstrip().startswith(_SETUP):
            gathered.context(text, raw)
        else:
            gathered.prompt(inside(text, _WRAPPER) or text, raw)
    elif message.role == "bot":
        turn = gathered.reply(text, raw, model=model)
        if text.strip() == _SETUP_REPLY:
            turn.flags |= StepFlag.INJECTED
    elif message.role == "tool":
        gathered.result("", content_text(message.content), raw)
    else:
        return False
    return True
