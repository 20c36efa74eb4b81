"""Grok Build: the conversation as the model got it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.grok.summary import begun_session
from hpm_engine.ingest.json.plain_values import first_text, mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.wrappers import inside
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource

_SPOKEN = ("assistant", "system", "user")
_OWN = frozenset(("content", "model_fingerprint", "model_id", "tool_calls", "type"))
_ASKED = "user_query"  # the element around a person's words in older versions


class _HistoryLine(msgspec.Struct):
    """One line."""

    type: object = None
    role: object = None  # in place of the type, in the first versions
    content: msgspec.Raw = NO_JSON
    synthetic_reason: object = None
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    is_error: object = None
    model_id: object = None
    summary: msgspec.Raw = NO_JSON  # of a reasoning
    kind: object = None  # of a call that the provider ran


_LINE = TypedDecoder(_HistoryLine)


class GrokHistories:
    """The files ``chat_history.jsonl`` of sessions."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record can only be of Grok's history.

        The first versions wrote lines as many agents do: the summary beside them tells.
        """
        if any(map(_is_own, source.records)):
            return True
        spoken = any({"role", "content"} <= record.keys() for record in source.records)
        return spoken and b'"session_summary"' in (source.beside("summary.json") or b"")

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file."""
        history = _History(begun_session(source), source.account)
        for line in typed_lines(source, _LINE, source.account):
            history.add(line)
        history.finish()
        draft = history.gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_own(record: dict[str, object]) -> bool:
    if "synthetic_reason" in record or record.get("type") == "backend_tool_call":
        return True
    if record.get("type") == "tool_result":
        return {"tool_call_id", "content"} <= record.keys() and "message" not in record
    bare = set(record) <= _OWN or "prompt_index" in record or "model_fingerprint" in record
    return bare and "content" in record and record.get("type") in _SPOKEN


class _History:
    """The steps of a session; thoughts and provider's calls belong to the reply after them."""

    def __init__(self, gathered: GatheredSession, account: Account) -> None:
        self.gathered = gathered
        self._account = account
        self._thoughts: list[str] = []
        self._calls: list[Part] = []  # that the provider ran before the reply

    def add(self, line: Located[_HistoryLine]) -> None:
        """Add one line."""
        record, raw = line.record, (line.start, line.size)
        kind = first_text(record.type, record.role)
        if kind == "user":
            self._settle()
            self._user(record, raw)
        elif kind == "assistant":
            self._reply(record, raw)
        elif kind in ("tool", "tool_result"):
            words = content_text(record.content)
            failed = record.is_error is True
            self.gathered.result(text(record.tool_call_id), words, raw, is_error=failed)
        elif kind == "reasoning":
            self._thoughts += message_blocks(record.summary).texts
        elif kind == "backend_tool_call":
            self._calls.append(_provider_call(mapping(record.kind)))
        elif kind == "system":
            self.gathered.notice(message_blocks(record.content).text, raw)
        else:
            self._account.miss_record(f"a line of type {kind[:40]}" if kind else "a line untyped")

    def finish(self) -> None:
        """Settle what no reply followed."""
        self._settle()

    def _user(self, record: _HistoryLine, raw: Raw) -> None:
        texts = message_blocks(record.content).texts
        if text(record.synthetic_reason) not in ("", "interjection"):
            self.gathered.context("\n".join(texts), raw)
            return
        asked = [inside(words, _ASKED) for words in texts]
        if any(asked):
            self.gathered.words("\n".join(filter(None, asked)), raw)
        else:
            self.gathered.prompt_blocks(texts, raw, None)

    def _reply(self, record: _HistoryLine, raw: Raw) -> None:
        blocks = message_blocks(record.content)
        thoughts = "\n\n".join((*self._thoughts, *blocks.thoughts))
        calls = [*blocks.calls, *calls_in(record.tool_calls, self._account.miss)]
        turn = self.gathered.reply(
            blocks.text, raw, reasoning=thoughts, calls=calls, model=text(record.model_id)
        )
        turn.parts += self._calls
        self._thoughts, self._calls = [], []

    def _settle(self) -> None:
        """Give what waits for a reply to the reply before it: the turn was broken off."""
        if not self._thoughts and not self._calls:
            return
        last = self._last_reply()
        turn = last if last is not None else self.gathered.reply("")
        turn.parts += [Part(PartKind.REASONING, words) for words in self._thoughts]
        turn.parts += self._calls
        self._thoughts, self._calls = [], []

    def _last_reply(self) -> Turn | None:
        replies = (turn for turn in reversed(self.gathered.turns))
        return next((turn for turn in replies if turn.source is StepSource.AGENT), None)


def _provider_call(kind: dict[str, object]) -> Part:
    action = msgspec.json.encode(kind.get("action")).decode()
    return Part(PartKind.CALL, action, text(kind.get("tool_type")), text(kind.get("id")))
