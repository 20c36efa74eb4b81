"""gptme: ``conversation.jsonl`` in a folder for each conversation, other branches beside it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.gptme.code_blocks import calls_in_prose
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw, Spent
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind

_FILE = "conversation.jsonl"
_BRANCHES = "branches"
_MARKS = {"pinned", "hide", "call_id"}
_ROLES = ("user", "assistant", "system", "tool")
_FAILED = ("Error", "Traceback (most recent call last)", "Failed")


class _GptmeUsage(msgspec.Struct):
    """Tokens of a reply; ``input_tokens`` are without the cached ones."""

    input_tokens: object = None
    output_tokens: object = None
    cache_read_tokens: object = None
    cache_creation_tokens: object = None


class _GptmeMetadata(msgspec.Struct):
    """What is known of a reply."""

    model: object = None
    usage: _GptmeUsage | None = None
    cost: object = None

    @property
    def spent(self) -> Spent:
        """What it cost."""
        usage = self.usage or _GptmeUsage()
        read = (usage.input_tokens, usage.cache_read_tokens, usage.cache_creation_tokens)
        known = [count for value in read if (count := token_count(value)) is not None]
        into = sum(known) if known else None
        return Spent(into, token_count(usage.output_tokens), dollars(self.cost))


class GptmeMessage(msgspec.Struct):
    """A line: one message."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    timestamp: object = None
    hide: object = None
    call_id: object = None
    files: object = None
    metadata: _GptmeMetadata | None = None


_MESSAGE = TypedDecoder(GptmeMessage)


class GptmeReader:
    """One episode for each conversation; its folder's name is its id."""

    format = "gptme"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the lines are messages with a field, or a system prompt, of gptme."""
        records = [record for record in source.records if record.get("role") in _ROLES]
        if not source.opening.more and len(records) != 1:
            return False
        named = bool(_key(source.name)) and any("timestamp" in record for record in records)
        return named or any(map(_is_gptme, records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversation. Raises ``CannotImport`` where nothing was said in it."""
        session = GatheredSession(self.format, _key(source.name))
        waiting = 0  # calls without a result
        for line in typed_lines(source, _MESSAGE, source.account):
            message, raw = line.record, (line.start, line.size)
            role, at = text_of(message.role), micros(message.timestamp)
            text = message_blocks(message.content).text
            if role == "assistant":
                waiting = _reply(session, message, text, raw, at)
            elif role in ("system", "tool") and (waiting or role == "tool"):
                failed = text.startswith(_FAILED)
                session.result(text_of(message.call_id), text, raw, at, is_error=failed)
                waiting = max(0, waiting - 1)
            elif role == "user":
                _prompt(session, message, text, raw, at)
            elif role == "system":
                session.notice(text, raw, at)
            else:
                source.account.miss_record("a message of an unknown role")
        said = any(turn.flags == 0 for turn in session.turns)
        draft = session.draft() if said else None
        if draft is None:
            raise source.account.nothing(source.name, "a conversation in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_gptme(record: dict[str, object]) -> bool:
    content = record.get("content")
    named = isinstance(content, str) and "gptme" in content[:2000]
    if record.get("role") == "system" and named:
        return True
    return bool(_MARKS & record.keys()) and "tool_call_id" not in record


def _key(name: str) -> str:
    """The name of the conversation's folder; "" where the file's name is none of gptme's."""
    folders = folders_of(name)
    if folders[-1:] == [_FILE] and len(folders) > 1:
        return folders[-2]
    is_branch = folders[-2:-1] == [_BRANCHES] and folders[-1].endswith(".jsonl")
    return folders[-3] if is_branch and len(folders) > 2 else ""


def _reply(
    session: GatheredSession, message: GptmeMessage, text: str, raw: Raw, at: int | None
) -> int:
    """Add a reply; the number of its calls. Its code blocks are shown where they stand, too."""
    metadata = message.metadata or _GptmeMetadata()
    calls = calls_in_prose(text)
    session.reply(text, raw, at, calls=calls, model=text_of(metadata.model), spent=metadata.spent)
    return len(calls)


def _prompt(
    session: GatheredSession, message: GptmeMessage, text: str, raw: Raw, at: int | None
) -> None:
    if message.hide is True:
        session.context(text, raw, at)
        return
    turn = session.words(text, raw, at)
    files = message.files if isinstance(message.files, list) else []
    if turn is not None:
        turn.parts += (Part(PartKind.MESSAGE, f"[file: {name}]") for name in map(text_of, files))
