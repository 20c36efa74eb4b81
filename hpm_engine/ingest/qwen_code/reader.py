"""Qwen Code: the lines of its chats, whose messages have the parts of Gemini's API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.gemini.checkpoint import FunctionCall
from hpm_engine.ingest.gemini.parts import parts_text, response_failed
from hpm_engine.ingest.json.plain_values import first_text, items, mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.qwen_code.branches import branches
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of, stem
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import plain_value
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw, Spent
from hpm_engine.ingest.steps.injected import split
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part

_OWN_TAG = "<qwen:"  # begins what a hook of the harness adds
# What woke the agent as a person's message does: a task in the background, or a schedule.
_WAKING = ("cron", "notification")
_TYPED = ("", "mid_turn_user_message")  # a person's own words, the latter while the agent worked


class _QwenUsage(msgspec.Struct, rename="camel"):
    """Tokens of a reply; the prompt's include cached ones, the candidates' the thoughts."""

    prompt_token_count: object = None
    candidates_token_count: object = None


class _QwenMessage(msgspec.Struct):
    """A content of Gemini's API."""

    role: object = None
    parts: msgspec.Raw = NO_JSON


class _QwenLine(msgspec.Struct, rename="camel"):
    """One line of a chat."""

    type: object = None
    uuid: object = None
    parent_uuid: object = None
    subtype: object = None
    provenance: object = None
    session_id: object = None
    agent_id: object = None
    is_sidechain: object = None
    timestamp: object = None
    cwd: object = None
    git_branch: object = None
    model: object = None
    message: _QwenMessage | None = None
    usage_metadata: _QwenUsage | None = None
    tool_call_result: object = None
    system_payload: object = None


class _CallPart(msgspec.Struct, rename="camel"):
    """The field of a part that is a call."""

    function_call: FunctionCall | None = None


_LINE = TypedDecoder(_QwenLine)
_CALL = TypedDecoder(_CallPart)


class QwenCodeReader:
    """The chats under ``~/.qwen/projects``."""

    format = "qwen-code"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is of a session, with parts or the payload of its system."""
        return any(map(_is_own, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of a file with its branches, then the subagents in it."""
        chats: dict[tuple[str, str], list[Located[_QwenLine]]] = {}
        key, own = _subagent(source.name)
        for line in typed_lines(source, _LINE, source.account):
            key = text(line.record.session_id) or key or stem(source.name)
            aside = "sidechain" if line.record.is_sidechain is True else ""
            agent = text(line.record.agent_id) or own or aside
            chats.setdefault((key, agent), []).append(line)
        drafts = [
            draft
            for (session, agent), lines in chats.items()
            for draft in self._drafts(session, agent, lines, source.account)
        ]
        if not drafts:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        yield from drafts

    def _drafts(
        self, key: str, agent: str, lines: list[Located[_QwenLine]], account: Account
    ) -> Iterator[EpisodeDraft]:
        """The live branch of a chat, then those that a person left."""
        told: set[int] = set()
        for path in branches([line.record for line in lines]):
            session = GatheredSession(self.format, key)
            if agent:
                session.key, session.parent_key = f"{key}/{agent}", key
            for position in path:
                _add(session, lines[position], Account() if position in told else account)
            told.update(path)
            if (draft := session.draft()) is not None:
                yield draft
        for _ in range(len(lines) - len(told)):
            account.pass_over("a line on no branch that is read")


def _subagent(name: str) -> tuple[str, str]:
    """The session and the agent of a subagent's file, ``subagents/SESSION/agent-ID.jsonl``."""
    folders = folders_of(name)
    inside = len(folders) > 3 and folders[-3] == "subagents"
    return (folders[-2], stem(name).removeprefix("agent-")) if inside else ("", "")


def _is_own(record: dict[str, object]) -> bool:
    message = mapping(record.get("message"))
    spoken = isinstance(message.get("parts"), list) and "content" not in message
    return "sessionId" in record and (spoken or "systemPayload" in record)


def _add(session: GatheredSession, line: Located[_QwenLine], account: Account) -> None:
    record, raw = line.record, (line.start, line.size)
    at, kind = micros(record.timestamp), text(record.type)
    session.cwd = session.cwd or text(record.cwd)
    session.branch = session.branch or text(record.git_branch)
    parts = elements(record.message.parts) if record.message else []
    if kind == "assistant":
        _reply(session, record, parts, raw, at)
    elif kind == "tool_result":
        _answer(session, parts, raw, at, mapping(record.tool_call_result))
    elif kind == "user":
        _prompt(session, record, parts, raw, at)
    elif kind == "system":
        _note(session, record, account, raw, at)
    else:
        account.miss_record(f"a line of type {kind[:40]}" if kind else "a line untyped")


def _reply(
    session: GatheredSession, record: _QwenLine, parts: list[msgspec.Raw], raw: Raw, at: int | None
) -> None:
    words: list[str] = []
    thoughts: list[str] = []
    calls: list[Part] = []
    for part in parts:
        value = plain_value(part)
        decoded = _CALL.nested(part)
        if decoded is not None and decoded.function_call is not None:
            calls.append(decoded.function_call.part())
        elif said := parts_text(value):
            (thoughts if mapping(value).get("thought") is True else words).append(said)
    usage = record.usage_metadata or _QwenUsage()
    session.reply(
        "\n".join(words),
        raw,
        at,
        reasoning="\n\n".join(thoughts),
        calls=calls,
        model=text(record.model),
        spent=Spent(
            token_count(usage.prompt_token_count), token_count(usage.candidates_token_count)
        ),
    )


def _answer(
    session: GatheredSession,
    parts: list[msgspec.Raw],
    raw: Raw,
    at: int | None,
    stated: dict[str, Any],
) -> None:
    """Add the results of a line; ``stated`` is what the line says of its one result besides."""
    values = [plain_value(part) for part in parts]
    answers = [value for value in values if mapping(mapping(value).get("functionResponse"))]
    failed = stated.get("status") == "error"
    for answer in answers:
        response = mapping(mapping(answer).get("functionResponse"))
        call_id = first_text(response.get("id"), stated.get("callId"))
        is_error = response_failed(answer) or (failed and len(answers) == 1)
        session.result(call_id, parts_text(answer), raw, at, is_error=is_error)
    if not answers and stated:
        shown = text_of(stated.get("resultDisplay"))
        session.result(text(stated.get("callId")), shown, raw, at, is_error=failed)


def _prompt(
    session: GatheredSession, record: _QwenLine, parts: list[msgspec.Raw], raw: Raw, at: int | None
) -> None:
    values = [plain_value(part) for part in parts]
    if any(mapping(value).get("functionResponse") for value in values):
        _answer(session, parts, raw, at, {})
        return
    texts = [parts_text(value) for value in values]
    if record.subtype in _WAKING:
        session.words("\n".join(texts), raw, at)
        return
    if text(record.subtype) not in _TYPED or record.provenance not in (None, "real_user", "user"):
        session.context("\n".join(texts), raw, at)
        return
    typed = text(mapping(record.system_payload).get("displayText"))
    own: list[str] = []
    for said in texts:
        if said.lstrip().startswith(_OWN_TAG) or (typed and typed in texts and said != typed):
            session.context(said, raw, at)
            continue
        for injected, piece in split(said):
            if injected:
                session.context(piece, raw, at)
            else:
                own.append(piece)
    session.words("\n".join(own), raw, at)


def _note(
    session: GatheredSession, record: _QwenLine, account: Account, raw: Raw, at: int | None
) -> None:
    """Take what a line of the harness says: a title, or the summary that replaced the context."""
    payload = mapping(record.system_payload)
    if title := first_text(payload.get("customTitle"), payload.get("title")):
        if payload.get("titleSource") == "auto":
            session.agent_name = title
        else:
            session.name = title
    summary = first_text(payload.get("summary"), mapping(payload.get("info")).get("summary"))
    if record.subtype == "chat_compression" and not summary:
        history = items(payload.get("compressedHistory"))
        summary = parts_text(items(mapping(history[0]).get("parts"))) if history else ""
    if record.subtype == "chat_compression" and summary:
        session.summary(summary, raw, at)
    else:
        account.pass_over(f"bookkeeping: system {text(record.subtype)[:40]}".rstrip())
