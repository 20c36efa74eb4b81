"""Grok Build: the stream of updates of a session, as its window gets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.grok.summary import begun_session
from hpm_engine.ingest.json.plain_values import first_text, items, mapping, text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind

_HISTORY = "chat_history.jsonl"
_ENDED = ("completed", "failed")


class _UpdateLine(msgspec.Struct):
    """One line: ``params`` has an update, and what it belongs to."""

    timestamp: object = None
    params: object = None


_LINE = TypedDecoder(_UpdateLine)


class GrokUpdates:
    """The files ``updates.jsonl`` of sessions that have no history beside it."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is an update of a session."""
        return any(_update(record.get("params")) for record in source.records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file. Raises ``NothingToImport`` where the history is beside it."""
        if source.beside(_HISTORY) is not None:
            raise NothingToImport(
                f"{source.name}: the same session as in {_HISTORY} beside it, which is read."
            )
        updates = _Updates(begun_session(source), source.account)
        for line in typed_lines(source, _LINE, source.account):
            updates.add(line)
        updates.finish()
        draft = updates.gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _update(params: object) -> dict[str, Any]:
    update = mapping(mapping(params).get("update"))
    return update if "sessionUpdate" in update else {}


class _Updates:
    """The steps of a session: the chunks of one prompt, and of one reply, belong together."""

    def __init__(self, gathered: GatheredSession, account: Account) -> None:
        self.gathered = gathered
        self._account = account
        self._prompt: list[str] = []
        self._prompt_index: object = None
        self._prompt_raw: Raw = (0, 0)
        self._prompt_at: int | None = None
        self._reply: tuple[object, Turn] | None = None
        self._chunks: list[str] = []  # of the part that is being said
        self._said = PartKind.MESSAGE
        self._answered: set[str] = set()

    def add(self, line: Located[_UpdateLine]) -> None:
        """Add one update."""
        update, raw = _update(line.record.params), (line.start, line.size)
        meta = mapping(mapping(line.record.params).get("_meta")) | mapping(update.get("_meta"))
        at = micros(line.record.timestamp) or micros(meta.get("agentTimestampMs"))
        kind = text(update.get("sessionUpdate"))
        words = text_of(update.get("content")) if kind.endswith("_chunk") else ""
        if words or kind.startswith("tool_call"):
            self.gathered.note_time(at)
        if kind == "user_message_chunk":
            self._hear(words, meta.get("promptIndex"), raw, at)
        elif kind in ("agent_message_chunk", "agent_thought_chunk"):
            thought = kind == "agent_thought_chunk"
            part_kind = PartKind.REASONING if thought else PartKind.MESSAGE
            self._turn(meta, raw, at)
            self._say(part_kind, words)
        elif kind == "tool_call":
            self._call(update, self._turn(meta, raw, at))
            self._answer(update, raw, at)
        elif kind == "tool_call_update":
            self._answer(update, raw, at)
        elif kind == "turn_completed":
            self._count(mapping(update.get("usage")))
        elif kind:
            self._account.pass_over(f"bookkeeping: {kind[:40]}")
        else:
            self._account.miss_record("a line without an update")

    def finish(self) -> None:
        """Add what the last chunks say."""
        self._end_prompt()
        self._end_part()

    def _end_prompt(self) -> None:
        """Add the prompt whose chunks have ended."""
        if self._prompt:
            self._end_part()
            self.gathered.prompt("".join(self._prompt), self._prompt_raw, self._prompt_at)
            self._prompt, self._reply = [], None

    def _hear(self, words: str, index: object, raw: Raw, at: int | None) -> None:
        if self._prompt and index != self._prompt_index:
            self._end_prompt()
        if not self._prompt:
            self._prompt_index, self._prompt_raw, self._prompt_at = index, raw, at
        self._prompt.append(words)

    def _turn(self, meta: dict[str, Any], raw: Raw, at: int | None) -> Turn:
        """The reply that an update belongs to: one for each prompt."""
        self._end_prompt()
        identity = meta.get("promptId")
        if self._reply is None or (identity is not None and identity != self._reply[0]):
            self._end_part()
            turn = self.gathered.reply("", raw, at, model=self.gathered.model)
            self._reply = (identity, turn)
        return self._reply[1]

    def _say(self, kind: PartKind, words: str) -> None:
        """Add a chunk: to the part that is being said, if it is of the same kind."""
        if kind is not self._said:
            self._end_part()
        self._said = kind
        self._chunks.append(words)

    def _end_part(self) -> None:
        """Add the part whose chunks have ended to its reply."""
        words = "".join(self._chunks)
        self._chunks = []
        if words and self._reply is not None:
            self._reply[1].parts.append(Part(self._said, words))

    def _call(self, update: dict[str, Any], turn: Turn) -> None:
        self._end_part()
        given = update.get("rawInput")
        arguments = given if isinstance(given, str) else msgspec.json.encode(given).decode()
        name = first_text(mapping(update.get("_meta")).get("toolName"), update.get("title"))
        call = Part(
            PartKind.CALL,
            "" if given is None else arguments,
            name or text(update.get("kind")),
            text(update.get("toolCallId")),
        )
        self.gathered.conversation.call(turn, [call])

    def _answer(self, update: dict[str, Any], raw: Raw, at: int | None) -> None:
        """Add the result of a call that has ended."""
        call_id, status = text(update.get("toolCallId")), update.get("status")
        if status not in _ENDED or call_id in self._answered:
            return
        self._answered.add(call_id)
        self._end_part()
        content = [mapping(item).get("content") for item in items(update.get("content"))]
        words = text_of(content) or text_of(update.get("rawOutput"))
        self.gathered.result(call_id, words, raw, at, is_error=status == "failed")

    def _count(self, usage: dict[str, Any]) -> None:
        if self._reply is None:
            return
        turn = self._reply[1]
        read = first_count(usage, "inputTokens", "input_tokens")
        written = first_count(usage, "outputTokens", "output_tokens")
        turn.tokens_in = read if read is not None else turn.tokens_in
        turn.tokens_out = written if written is not None else turn.tokens_out


def first_count(usage: dict[str, Any], *names: str) -> int | None:
    """The tokens under the first of the names that has a number."""
    counts = (token_count(usage.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)
