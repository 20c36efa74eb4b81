"""Chat records: sessions, each with a list of messages under one of several names."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.chat.messages import CHAT_MESSAGE, add_message, role_of
from hpm_engine.ingest.chat.shapes import ACTION, action_kind, add_action
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import ANYTHING, RAW, RAW_LIST, Document, decode
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_parts, typed_record, typed_records
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import Keys, head_digest, not_empty
from hpm_engine.ingest.steps.task_text import project_of, task_line
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Outcome, PartKind, StepFlag, StepSource

_LOOKED_AT = 20  # first messages, which tell their kind
LISTS = ("messages", "conversations", "conversation", "trajectory", "traj", "content")


class ChatRecord(msgspec.Struct):
    """The record of a session; fields that a data set lacks keep their defaults."""

    messages: msgspec.Raw = NO_JSON
    conversations: msgspec.Raw = NO_JSON
    conversation: msgspec.Raw = NO_JSON
    trajectory: msgspec.Raw = NO_JSON
    traj: msgspec.Raw = NO_JSON
    content: msgspec.Raw = NO_JSON
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


_RECORD = TypedDecoder(ChatRecord)


class ChatRecordsReader:
    """OpenAI-style chat records, ShareGPT, and the trajectory sets that are built like them."""

    format = "chat"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first records are messages, or one of them holds a list of messages."""
        if _is_bare(source) or _is_cut_message(source):
            return True
        return any(_is_session(record.get(name)) for record in source.records for name in LISTS)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each record; a bare list or lines of messages are one episode."""
        keys = Keys()
        opening = source.opening
        if _is_bare(source) and (isinstance(opening.value, dict) or not opening.more):
            steps = _bare_messages(source)
            yield not_empty(_episode(steps, ChatRecord(), keys), source.name, source.account)
            return
        for line in json_records(source):
            episode = _record_episode(source, line, keys)
            if episode is not None:
                yield episode
            else:
                source.account.pass_over("a record without messages")


def _is_bare(source: SourceFile) -> bool:
    """Whether most of a source's lines, or of its list's items, are messages of one session."""
    if not (isinstance(source.opening.value, list) or source.opening.more):
        return False
    records = source.records
    if source.opening.cut:  # the last record may lack its text
        records = records[:-1] or records
    torn = source.opening.torn  # the text may be lost in the damage
    messages = sum(bool(role_of(record)) and (torn or _has_text(record)) for record in records)
    return 2 * messages > len(records)


def _is_cut_message(source: SourceFile) -> bool:
    """Whether a source is the beginning of a single message; reading it reports the damage."""
    keys = source.opening.keys
    return source.opening.cut and bool(role_of(keys)) and _has_text(keys)


def _has_text(record: dict[str, object]) -> bool:
    return any(key in record for key in ("content", "value", "text", "tool_calls"))


def _is_session(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    first = value[0]
    return bool(role_of(first)) or (isinstance(first, dict) and action_kind(first) != "")


def _record_episode(source: SourceFile, line: Located[bytes], keys: Keys) -> EpisodeDraft | None:
    """The episode of a record; None for a record without messages."""
    document = Document(f"{source.name}, record {line.number}", line.record)
    record = ChatRecord()
    if line.record.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raws = document.decode(RAW_LIST)
    else:
        document.decode(RAW)
        record = typed_record(document.data, _RECORD, source.account, "a record") or record
        lists = (elements(getattr(record, field)) for field in LISTS)
        raws = next((messages for messages in lists if messages), [])
    fenced = record.target is not None  # the Nebius set: commands are in the last code block
    steps = _messages(document, raws, source.account, fenced=fenced, base=line.start)
    if not steps:
        return None
    episode = _episode(steps, record, keys)
    episode.raw_start, episode.raw_size = line.start, line.size
    return episode


def _messages(
    document: Document,
    raws: list[msgspec.Raw],
    account: Account,
    *,
    fenced: bool = False,
    base: int = 0,
) -> tuple[StepDraft, ...]:
    conversation = Conversation()
    if not any(role_of(decode(bytes(raw), ANYTHING, document.name)) for raw in raws[:_LOOKED_AT]):
        for _, start, size, action in typed_parts(document, raws, ACTION, "an action", account):
            add_action(conversation, action, (base + start, size))
        return conversation.drafts()
    for line in typed_parts(document, raws, CHAT_MESSAGE, "a message", account):
        raw = (base + line.start, line.size)
        add_message(conversation, line.record, raw, fenced=fenced, miss=account.miss)
    conversation.settle_speakers()
    return conversation.drafts()


def _bare_messages(source: SourceFile) -> tuple[StepDraft, ...]:
    """The steps of a source whose lines, or list items, are messages."""
    conversation = Conversation()
    for line in typed_records(source, CHAT_MESSAGE, "a message"):
        message, raw = line.record, (line.start, line.size)
        if message.role is None and message.speaker is None and message.source is None:
            source.account.pass_over("a line about the session, not of it")
        else:
            add_message(conversation, message, raw, miss=source.account.miss)
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
    """The text of the first message from a user, not from the harness."""
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
    return ""


def outcome_of(label: object) -> Outcome:
    """The outcome that a label or reward tells: from true or 1 to false or 0; else unknown."""
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
