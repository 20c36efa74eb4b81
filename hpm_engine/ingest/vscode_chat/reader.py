"""The reader of Copilot's chats in VS Code and its forks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hpm_engine.ingest.json.plain_values import companion_value, first_text, items, mapping, text
from hpm_engine.ingest.json.text import ANYTHING, Document
from hpm_engine.ingest.sources.file_name import uuid_of
from hpm_engine.ingest.sources.json_records import decode_document
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.gathered import GatheredSession, Spent
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.steps.uris import path_of
from hpm_engine.ingest.vscode_chat.journal import replayed
from hpm_engine.ingest.vscode_chat.responses import ChatReply
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag


class VSCodeChatReader:
    """Chats as VS Code keeps them: one document, or a journal of changes to one."""

    format = "vscode-copilot-chat"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a chat, or its first records begin one."""
        return any(map(_is_chat, source.records)) or _is_chat(source.opening.keys)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one chat of a file."""
        opening = source.opening
        if opening.more or "requests" not in opening.keys:
            chat = replayed(source)
        else:
            document = Document(source.name, source.read())
            chat = mapping(decode_document(document, ANYTHING, source.account))
            source.account.read += 1
        session = GatheredSession(self.format, text(chat.get("sessionId")))
        session.started_at = micros(chat.get("creationDate"))
        session.agent_name = text(chat.get("customTitle"))
        session.cwd = _folder(source)
        for request in items(chat.get("requests")):
            for kind in _add(session, mapping(request)):
                source.account.miss(f"an item of kind {kind} in a reply")
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a chat in which nothing was said.")
        draft.key = draft.key or uuid_of(source.name) or head_digest(draft.steps)
        yield draft


def _is_chat(record: dict[str, object]) -> bool:
    if record.get("kind") in (1, 2, 3) and items(record.get("k"))[:1] == ["requests"]:
        return True  # of a journal whose first line was lost
    chat = mapping(record.get("v")) if record.get("kind") == 0 else record
    marks = {"responderUsername", "requesterUsername", "initialLocation", "creationDate"}
    return isinstance(chat.get("requests"), list) and bool(marks & chat.keys())


def _add(session: GatheredSession, request: dict[str, Any]) -> list[str]:
    """Add a prompt and its reply, which has no time of its own; the kinds of unknown items."""
    at = micros(request.get("timestamp"))
    message = request.get("message")
    words = first_text(message, mapping(message).get("text"))
    if not words:
        parts = map(mapping, items(mapping(message).get("parts")))
        words = "".join(first_text(part.get("text")) for part in parts)
    asked = session.words(words, at=at)
    reply = ChatReply(request)
    result = mapping(request.get("result"))
    stopped = StepFlag.INTERRUPTED if request.get("isCanceled") is True else StepFlag.NONE
    if reply.parts:
        turn = session.reply("", model=text(request.get("modelId")), spent=_spent(result))
        turn.parts, turn.waiting = reply.parts, reply.waiting
        turn.flags |= stopped
        turn.flags |= StepFlag.ERROR if any(p.is_error for p in turn.parts) else StepFlag.NONE
    elif asked is not None:
        asked.flags |= stopped
    session.notice("\n\n".join(reply.unshown))
    session.notice(text(mapping(result.get("errorDetails")).get("message")), failed=True)
    return reply.unknown


def _spent(result: dict[str, Any]) -> Spent:
    usage, metadata = mapping(result.get("usage")), mapping(result.get("metadata"))
    read = token_count(usage.get("promptTokens", metadata.get("promptTokens")))
    written = token_count(usage.get("completionTokens", metadata.get("outputTokens")))
    return Spent(read, written)


def _folder(source: SourceFile) -> str:
    """The folder of the workspace whose chat this is; "" for a window without one."""
    workspace = mapping(companion_value(source.beside("../workspace.json")))
    return path_of(workspace.get("folder"))
