"""ChatGPT's export of a person's data: ``conversations.json``, each conversation a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.text import RAW_OBJECT, located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.steps.branch_paths import branch_paths, parent_numbers
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.web_exports.chatgpt_messages import (
    MESSAGE,
    ChatGptBranch,
    ChatGptMessage,
    says_something,
)
from hpm_engine.values.drafts import EpisodeDraft

BEYOND = "a message on a branch beyond those that are read"


class _GptConversation(msgspec.Struct):
    """A conversation of the export."""

    conversation_id: object = None
    id: object = None
    title: object = None
    create_time: object = None
    current_node: object = None
    mapping: msgspec.Raw = NO_JSON


class _GptNode(msgspec.Struct):
    """A node of its tree; the root has no message."""

    id: object = None
    parent: object = None
    message: msgspec.Raw = NO_JSON


class _PlacedNode(msgspec.Struct):
    """A node with its message, and where it lies in the source."""

    id: str
    parent: str
    message: ChatGptMessage | None
    raw: tuple[int, int]


_CONVERSATION = TypedDecoder(_GptConversation)
_NODE = TypedDecoder(_GptNode)


class ChatGptReader:
    """One episode for each conversation; branches that a person left are branches of it."""

    format = "chatgpt"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record has a tree of messages."""
        return any(
            isinstance(record.get("mapping"), dict)
            and ("current_node" in record or "create_time" in record)
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversations in the export's order, each live branch before the others."""
        held = False
        for line in json_records(source):
            record = typed_record(line.record, _CONVERSATION, source.account, "a conversation")
            said = False
            for draft in self._branches(source, line, record or _GptConversation()):
                said = held = True
                yield draft
            if not said:
                source.account.pass_over("a conversation in which nothing was said")
        if not held:
            raise source.account.nothing(source.name, "an export without a conversation.")

    def _branches(
        self, source: SourceFile, line: Located[bytes], record: _GptConversation
    ) -> Iterator[EpisodeDraft]:
        nodes = _nodes(source, line, record)
        ids = [node.id for node in nodes]
        live = text_of(record.current_node)
        parents = parent_numbers(ids, [node.parent for node in nodes])
        paths = branch_paths(
            parents,
            ids.index(live) if live in ids else _latest_leaf(nodes, parents),
            lambda number: _speaks(nodes[number]),
        )
        left = set(range(len(nodes))) - {number for path in paths for number in path}
        for _ in filter(lambda number: _speaks(nodes[number]), left):
            source.account.miss(BEYOND)
        for path in paths:
            draft = self._draft(record, [nodes[number] for number in path])
            if draft is not None:
                draft.raw_start, draft.raw_size = line.start, line.size
                yield draft

    def _draft(self, record: _GptConversation, nodes: list[_PlacedNode]) -> EpisodeDraft | None:
        session = GatheredSession(
            self.format, text_of(record.conversation_id) or text_of(record.id)
        )
        session.agent_name = text_of(record.title)
        branch = ChatGptBranch(session)
        for node in nodes:
            if node.message is not None:
                branch.add(node.message, node.raw)
        branch.finish()
        if session.ended_at is None:
            session.started_at = micros(record.create_time)
        draft = session.draft()
        if draft is not None:
            draft.key = draft.key or head_digest(draft.steps)
        return draft


def _speaks(node: _PlacedNode) -> bool:
    return node.message is not None and says_something(node.message)


def _latest_leaf(nodes: Sequence[_PlacedNode], parents: Sequence[int]) -> int:
    """The leaf that was written last, for a conversation that names none; -1 for none."""
    inner = set(parents)
    leaves = [number for number in range(len(nodes)) if number not in inner]
    spoken = [number for number in leaves if _speaks(nodes[number])]
    return max(spoken, key=lambda number: (_time(nodes[number]), number), default=-1)


def _time(node: _PlacedNode) -> int:
    return (micros(node.message.create_time) or 0) if node.message else 0


def _nodes(source: SourceFile, line: Located[bytes], record: _GptConversation) -> list[_PlacedNode]:
    """The nodes of a conversation in the order of its file."""
    nodes: list[_PlacedNode] = []
    for mapping, offset in located(line.record, [record.mapping]):
        for key, data, start in _members(mapping):
            node = _NODE.nested(msgspec.Raw(data))
            if node is None:
                source.account.miss("a node of a conversation")
                continue
            raw = (line.start + offset + start, len(data))
            nodes.append(_PlacedNode(key, text_of(node.parent), MESSAGE.nested(node.message), raw))
    return nodes


def _members(mapping: bytes) -> Iterator[tuple[str, bytes, int]]:
    """The members of a JSON object: key, value, and the value's offset; none of other JSON."""
    try:
        raws = RAW_OBJECT.decode(mapping)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for key, (data, start) in zip(raws, located(mapping, raws.values()), strict=True):
        yield key, data, start
