"""Chat records: one session or many, each a list of messages under one of several names."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.drafts import EpisodeDraft, StepDraft
from hpm_engine.ingest.chat_messages import CHAT_MESSAGE, add_message, role_of
from hpm_engine.ingest.chat_shapes import ACTION, action_kind, add_action
from hpm_engine.ingest.conversation import Conversation
from hpm_engine.ingest.identity import Keys, head_digest, not_empty
from hpm_engine.ingest.json_records import json_records, line_records
from hpm_engine.ingest.json_text import ANYTHING, RAW_LIST, Document, decode, located, raw_items
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.task_text import project_of, task_line
from hpm_engine.records import Outcome, PartKind, StepFlag, StepSource

_NOTHING = msgspec.Raw(b"")
LISTS = ("messages", "conversations", "conversation", "trajectory", "traj", "content")


class ChatRecord(msgspec.Struct):
    """One session's record; what a set of records lacks keeps its default."""

    messages: msgspec.Raw = _NOTHING
    conversations: msgspec.Raw = _NOTHING
    conversation: msgspec.Raw = _NOTHING
    trajectory: msgspec.Raw = _NOTHING
    traj: msgspec.Raw = _NOTHING
    content: msgspec.Raw = _NOTHING
    traj_id: object = None
    session_id: object = None
    camel_session_id: object = msgspec.field(default=None, name="sessionId")
    conversation_id: object = None
    id: object = None
    instance_id: object = None
    task_id: object = None
    run_id: object = None
    model: object = None
    model_name: object = None
    source: object = None
    intent: object = None
    cwd: object = None
    resolved: object = None
    target: object = None
    success: object = None
    utility: object = None
    reward: object = None
    role: object = None


_RECORD: msgspec.json.Decoder[ChatRecord] = msgspec.json.Decoder(ChatRecord)


class ChatRecordsReader:
    """OpenAI-style chat records, ShareGPT, and the trajectory sets that are built like them."""

    format = "chat"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first records are messages, or one of them holds a list of messages."""
        if _is_bare(source):
            return True
        return any(_is_session(record.get(name)) for record in source.records for name in LISTS)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each record; a bare list or lines of messages are one episode."""
        keys = Keys()
        opening = source.opening
        bare = _is_bare(source)
        if bare and isinstance(opening.value, dict):
            steps = _line_messages(source.name, line_records(source))
            yield not_empty(_episode(steps, ChatRecord(), keys), source.name)
            return
        for number, (record, start) in enumerate(json_records(source, whole=bare), 1):
            name = f"{source.name}, record {number}"
            if (episode := _record_episode(name, record, start, keys)) is not None:
                yield episode


def _is_bare(source: SourceFile) -> bool:
    """Whether most of a source's lines, or of its list's items, are messages of one session."""
    if not (isinstance(source.opening.value, list) or source.opening.more):
        return False
    records = source.records
    messages = sum(bool(role_of(record)) and _has_text(record) for record in records)
    return 2 * messages > len(records)


def _has_text(record: dict[str, object]) -> bool:
    return any(key in record for key in ("content", "value", "text", "tool_calls"))


def _is_session(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    first = value[0]
    return bool(role_of(first)) or (isinstance(first, dict) and action_kind(first) != "")


def _record_episode(name: str, data: bytes, start: int, keys: Keys) -> EpisodeDraft | None:
    """One record's episode, or None where it has no messages."""
    document = Document(name, data)
    record = ChatRecord()
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raws = document.decode(RAW_LIST)
    else:
        record = document.decode(_RECORD)
        raws = next((found for field in LISTS if (found := _items(record, field, name))), [])
    fenced = record.target is not None  # the nebius set: commands stand in the last code block
    steps = _messages(name, document.data, raws, fenced=fenced, base=start)
    if not steps:
        return None
    episode = _episode(steps, record, keys)
    episode.raw_start, episode.raw_size = start, len(data)
    return episode


def _items(record: ChatRecord, field: str, name: str) -> list[msgspec.Raw]:
    return raw_items(getattr(record, field), name, field)


def _messages(
    name: str, data: bytes, raws: list[msgspec.Raw], *, fenced: bool = False, base: int = 0
) -> tuple[StepDraft, ...]:
    conversation = Conversation()
    actions = bool(raws) and not role_of(decode(bytes(raws[0]), ANYTHING, name, "message 1"))
    for number, (message, start) in enumerate(located(data, raws), 1):
        place = f"message {number}"
        raw = (base + start, len(message))
        if actions:
            add_action(conversation, decode(message, ACTION, name, place), raw)
        else:
            add_message(
                conversation, decode(message, CHAT_MESSAGE, name, place), raw, fenced=fenced
            )
    conversation.settle_speakers()
    return conversation.drafts()


def _line_messages(name: str, lines: Iterator[tuple[bytes, int]]) -> tuple[StepDraft, ...]:
    conversation = Conversation()
    for number, (line, start) in enumerate(lines, 1):
        message = decode(line, CHAT_MESSAGE, name, f"message {number}")
        if message.role is None and message.speaker is None:
            continue  # a line about the session, not of it
        add_message(conversation, message, (start, len(line)))
    conversation.settle_speakers()
    return conversation.drafts()


def _episode(steps: tuple[StepDraft, ...], record: ChatRecord, keys: Keys) -> EpisodeDraft:
    task_key = _word(record.instance_id, record.task_id, record.id)
    own_id = _word(record.traj_id, *_sessions(record)) or task_key
    model = _word(record.model, record.model_name)
    if record.intent is not None:
        model = model or _word(record.source)
    return EpisodeDraft(
        format=ChatRecordsReader.format,
        key=keys.key(own_id, _word(record.run_id), head_digest(steps)),
        steps=steps,
        agent="chat",
        model=model,
        project=project_of(task_key),
        cwd=_word(record.cwd),
        task=task_line(_word(record.intent) or _prompt(steps)),
        task_key=task_key,
        outcome=outcome_of(_given(*_labels(record))),
    )


def _sessions(record: ChatRecord) -> tuple[object, ...]:
    return record.session_id, record.camel_session_id, record.conversation_id


def _labels(record: ChatRecord) -> tuple[object, ...]:
    return record.resolved, record.target, record.success, record.utility, record.reward


def _prompt(steps: tuple[StepDraft, ...]) -> str:
    """The text of the first message that a user, and not the harness, sent."""
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
    return ""


def outcome_of(label: object) -> Outcome:
    """What a label or reward says: true or 1, false or 0, something between, or nothing."""
    if isinstance(label, bool):
        return Outcome.SUCCESS if label else Outcome.FAILURE
    if isinstance(label, (int, float)):
        if label >= 1:
            return Outcome.SUCCESS
        return Outcome.PARTIAL if label > 0 else Outcome.FAILURE
    return Outcome.UNKNOWN


def _given(*values: object) -> object:
    return next((value for value in values if value is not None), None)


def _word(*values: object) -> str:
    """The first value that is a text or a number, as text."""
    for value in values:
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""
