"""One branch of a session of Pi as an episode."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import string
from hpm_engine.ingest.pi.lines import MESSAGE, PiLine, PiMessage
from hpm_engine.ingest.pi.prompts import pieces
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag

OPENCLAW = "openclaw"


class PiTitles(NamedTuple):
    """What a session is called, by a person and by the agent; "" for no name."""

    given: str
    agents: str


def session_titles(records: Iterable[PiLine]) -> PiTitles:
    """The last titles in a session's lines, its head among them."""
    given = agents = ""
    for record in records:
        title = text(record.title)
        if record.type == "session_info":
            given = text(record.name).strip() or given
        elif title and record.title_source in ("user", "manual"):
            given = title
        elif title:
            agents = title
    return PiTitles(given, agents)


class PiSession:
    """The steps of a branch, from its entries."""

    def __init__(self, agent: str, head: PiLine, titles: PiTitles) -> None:
        self.gathered = GatheredSession(agent, text(head.id))
        self.gathered.cwd = text(head.cwd)
        self.gathered.started_at = self._begun = micros(head.timestamp)
        self.gathered.continues_key = _session_of(
            text(head.parent_session) or text(head.branched_from)
        )
        self._model = text(head.model) or text(head.model_id)
        self._last: Turn | None = None
        self.gathered.name, self.gathered.agent_name = titles

    def add(self, entry: Located[PiLine]) -> None:
        """Add one entry of the branch."""
        record, raw = entry.record, (entry.start, entry.size)
        at = micros(record.timestamp)
        before = len(self.gathered.turns)
        if record.type == "message":
            message = MESSAGE.nested(record.message)
            if message is not None:
                self._message(message, raw, at if at is not None else micros(message.timestamp))
        elif record.type == "custom_message":
            self.gathered.context(_said(record), raw, at)
        elif record.type == "compaction":
            self.gathered.summary(text(record.summary), raw, at)
        elif record.type == "branch_summary":
            self.gathered.notice(text(record.summary), raw, at)
        elif record.type == "model_change":
            self._model = text(record.model_id) or text(record.model)
        self._mark_copies(before, at)

    def finish(self) -> None:
        """Settle what only the end tells: the model of replies that name none."""
        self.gathered.model = self.gathered.model or self._model

    def _mark_copies(self, before: int, at: int | None) -> None:
        """Flag what a fork took over: its lines are older than the fork itself."""
        if self.gathered.continues_key and at is not None and self._begun is not None:
            for turn in self.gathered.turns[before:] if at < self._begun else ():
                turn.flags |= StepFlag.COPIED

    def _message(self, message: PiMessage, raw: Raw, at: int | None) -> None:
        role = text(message.role)
        blocks = message_blocks(message.content)
        if role == "user":
            self._prompt(blocks.text, raw, at)
        elif role == "assistant":
            turn = self.gathered.reply(
                blocks.text,
                raw,
                at,
                reasoning=blocks.reasoning,
                calls=blocks.calls,
                model=text(message.model) or self._model,
                spent=message.spent,
            )
            if message.stop_reason == "aborted":
                turn.flags |= StepFlag.INTERRUPTED
            elif text(message.error_message):
                self.gathered.notice(text(message.error_message), raw, at, failed=True)
        elif role == "toolResult":
            failed = message.is_error is True
            words = content_text(message.content)
            self.gathered.result(text(message.tool_call_id), words, raw, at, is_error=failed)
        elif role in ("branchSummary", "compactionSummary"):
            self.gathered.notice(text(message.summary) or blocks.text, raw, at)
        elif role == "bashExecution":
            shown = f"! {text(message.command)}\n{text(message.output)}".rstrip()
            self.gathered.context(shown, raw, at)
        elif role in ("custom", "hookMessage"):
            self.gathered.context(blocks.text, raw, at)
        else:
            self.gathered.notice(blocks.text, raw, at)

    def _prompt(self, words: str, raw: Raw, at: int | None) -> None:
        if self.gathered.format != OPENCLAW:
            self.gathered.prompt(words, raw, at)
            return
        for added, piece in pieces(words):
            if added:
                self.gathered.context(piece, raw, at)
            else:
                self.gathered.prompt(piece, raw, at)


def _said(record: PiLine) -> str:
    return string(record.content) or message_blocks(record.content).text


def _session_of(path: str) -> str:
    """The id of a session, which the name of its file ends with."""
    stem = PurePosixPath(path.replace("\\", "/")).name.removesuffix(".jsonl")
    return stem.rpartition("_")[2]
