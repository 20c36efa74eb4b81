"""Records of unknown shapes with lists of messages somewhere inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import msgspec

from hpm_engine.ingest.chat.messages import ROLES
from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.text import ANYTHING, decode
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.spans.episode import span_episode
from hpm_engine.ingest.spans.message import SpanMessage, is_message, word
from hpm_engine.ingest.spans.payload import decoded, messages_in
from hpm_engine.ingest.spans.span import Payloads, Span, SpanKind
from hpm_engine.ingest.steps.identity import Keys, head_digest
from hpm_engine.ingest.steps.task_text import project_of
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome

_DEPTH = 8  # levels of JSON
_LABELS = ("resolved", "is_resolved", "success", "passed", "correct", "reward")
_IDS = ("session_id", "conversation_id", "trajectory_id", "instance_id", "task_id", "id")
_MODELS = ("model", "model_name")


class NestedConversation(msgspec.Struct, frozen=True):
    """A conversation inside a record; ``around`` has the objects around it, innermost first."""

    messages: tuple[SpanMessage, ...]
    around: tuple[dict[str, Any], ...]


class NestedMessagesReader:
    """One episode for each list of messages; only the longest of lists that begin alike."""

    format = "messages"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first records have a list of messages anywhere."""
        opening = source.opening
        values = source.records if opening.more else (opening.value,)
        return any(any(_conversations(value, (), _DEPTH, cut=opening.cut)) for value in values)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversations in order. Raises ``NothingToImport`` where all are empty."""
        keys, empty = Keys(), True
        for number, start, size, data in json_records(source):
            record = decode(data, ANYTHING, source.name, f"record {number}")
            silent = True
            for conversation in _longest(list(_conversations(record, (), _DEPTH))):
                draft = _episode(conversation, (start, size))
                if draft is not None:
                    silent = empty = False
                    draft.key = keys.key(draft.key)
                    yield draft
            if silent:
                source.account.pass_over("a record without messages")
        if empty:
            raise source.account.nothing(source.name, "lists of messages without any text.")


def _conversations(
    value: object, around: tuple[dict[str, Any], ...], depth: int, *, cut: bool = False
) -> Iterator[NestedConversation]:
    """The lists of messages below ``value``; ``cut``: a list's last item may be incomplete."""
    value = decoded(value) if depth else None
    if isinstance(value, list):
        if _is_conversation(value, cut):
            yield NestedConversation(messages_in(value, "user"), around)
            return
        for item in value:
            yield from _conversations(item, around, depth - 1, cut=cut)
    elif isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, (list, dict, str)):
                yield from _conversations(inner, (value, *around), depth - 1, cut=cut)


def _is_conversation(items: list[Any], cut: bool) -> bool:
    messages = [item for item in items if isinstance(item, dict) and is_message(item)]
    if not messages or len(messages) < len(items) - cut:
        return False
    return any(word(item.get("role")).lower() in ROLES for item in messages)


def _longest(conversations: list[NestedConversation]) -> list[NestedConversation]:
    """The conversations of a record, without those that are the beginning of another."""
    beginnings: set[int] = set()  # digests of the longer ones' beginnings, of each length
    kept: list[int] = []
    lengths = [len(conversation.messages) for conversation in conversations]
    for index in sorted(range(len(conversations)), key=lambda index: -lengths[index]):
        messages = conversations[index].messages
        digests = list(accumulate(messages, lambda so_far, new: hash((so_far, new)), initial=0))
        if digests[-1] not in beginnings:
            kept.append(index)
        beginnings.update(digests)
    return [conversations[index] for index in sorted(kept)]


def _episode(conversation: NestedConversation, raw: tuple[int, int]) -> EpisodeDraft | None:
    payloads = Payloads(prompt=conversation.messages)
    span = Span("", kind=SpanKind.GENERATION, said=payloads, raw=raw)
    draft = span_episode(NestedMessagesReader.format, [span], key="", agent="messages")
    if draft is None:
        return None
    ids = [
        str(value) for value in (_first(conversation, (name,)) for name in _IDS) if _is_id(value)
    ]
    draft.key = "/".join((*ids[:1], head_digest(draft.steps)))
    draft.model = word(_first(conversation, _MODELS))
    draft.task_key = str(_first(conversation, ("instance_id", "task_id")) or "")
    draft.project = project_of(draft.task_key)
    draft.outcome = _outcome(conversation)
    draft.raw_start, draft.raw_size = raw
    return draft


def _outcome(conversation: NestedConversation) -> Outcome:
    for record in conversation.around:
        info = record.get("reward_info")
        if isinstance(info, dict) and "reward" in info:
            return outcome_of(info["reward"])
    return outcome_of(_first(conversation, _LABELS))


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _first(conversation: NestedConversation, names: tuple[str, ...]) -> Any:
    """The first value of ``names`` in the innermost object that has one."""
    for record in conversation.around:
        for name in names:
            if record.get(name) is not None:
                return record[name]
    return None
