"""Kimi CLI, before Kimi Code: the context of a session, and a wire that only marks its turns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.json.plain_values import mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.kimi.state import read_state
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

_MARKS = ("_checkpoint", "_system_prompt", "_usage")
_TURNS = frozenset(("StepBegin", "StepInterrupted", "TurnBegin", "TurnEnd", "ToolCall"))
_SYSTEM = "<system>"
_FAILED = f"{_SYSTEM}ERROR"


class _ContextLine(msgspec.Struct):
    """A message of the context, or a mark."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None


_LINE = TypedDecoder(_ContextLine)


class KimiContexts:
    """The files under ``~/.kimi/sessions``. They keep no times."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is a mark in a context, or of a turn in a wire."""
        return any(record.get("role") in _MARKS or _is_turn(record) for record in source.records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of a context. Raises ``NothingToImport`` for a wire."""
        if not any("role" in record for record in source.records):
            raise NothingToImport(
                f"{source.name}: only marks of the turns of Kimi CLI. "
                "Import the context of the session, which is the file beside it."
            )
        session = GatheredSession("kimi-legacy", _folder(source.name))
        for line in typed_lines(source, _LINE, source.account):
            _add(session, line, source.account)
        read_state(session, source.beside("state.json"))
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_turn(record: dict[str, object]) -> bool:
    return "timestamp" in record and mapping(record.get("message")).get("type") in _TURNS


def _folder(name: str) -> str:
    """The folder of a session, which is its id; "" where the name has none."""
    folders = folders_of(name)
    return folders[-2] if len(folders) > 2 and folders[-1].startswith("context") else ""


def _add(session: GatheredSession, line: Located[_ContextLine], account: Account) -> None:
    record, raw = line.record, (line.start, line.size)
    role = text(record.role)
    blocks = message_blocks(record.content)
    if role == "user":
        if blocks.text.lstrip().startswith(_SYSTEM):
            session.context(blocks.text, raw)
        else:
            session.prompt_blocks(blocks.texts, raw, None)
    elif role == "assistant":
        calls = [*blocks.calls, *calls_in(record.tool_calls, account.miss)]
        session.reply(blocks.text, raw, reasoning=blocks.reasoning, calls=calls)
    elif role == "tool":
        words = content_text(record.content)
        failed = words.startswith(_FAILED)
        session.result(text(record.tool_call_id), words, raw, is_error=failed)
    elif role in _MARKS:
        account.pass_over(f"bookkeeping: {role}")
    elif role == "system":
        session.notice(blocks.text, raw)
    else:
        account.miss_record(f"a message of {role[:40]}" if role else "a message of nobody")
