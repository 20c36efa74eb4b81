"""A session of OpenCode as an episode, one message after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.databases.row_lines import RowLine
from hpm_engine.ingest.databases.rows import json_cell
from hpm_engine.ingest.opencode.first_messages import as_later, is_first, parts_within
from hpm_engine.ingest.opencode.messages import (
    BOOKKEEPING,
    MESSAGE,
    PART,
    STORED_SESSION,
    OpenCodeMessage,
    OpenCodePart,
    StoredSession,
    spent,
    text,
)
from hpm_engine.ingest.opencode.pieces import OpenCodePiece
from hpm_engine.ingest.opencode.revert import IdentifiedPart, Revert
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.first_lines import given_title, project_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Spent
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, StepFlag

Raw = tuple[int, int]


class OpenCodeSession:
    """The steps of a session from its pieces; ``draft`` gets what is known of the whole."""

    def __init__(self, draft: EpisodeDraft, account: Account) -> None:
        self._draft = draft
        self._account = account
        self._gathered = GatheredSession(draft.format, draft.key)
        self._message: OpenCodeMessage | None = None
        self._message_id = ""
        self._raw: Raw = (0, 0)
        self._at: int | None = None
        self._parts: list[IdentifiedPart] = []
        self._revert = Revert()
        self._first: int | None = None  # the time of the first message that has one
        self._usage: list[Spent] = []  # of each request, where a fork states them apart
        self._is_stated = False  # whether messages state tokens

    def steps(self, pieces: Iterator[OpenCodePiece]) -> Iterator[StepDraft]:
        """The steps, each as soon as its message is complete."""
        for piece in pieces:
            if piece.kind == "message":
                yield from self._flush()
                self._begin(piece)
            elif piece.kind == "part":
                self._add(piece)
            elif piece.kind == "session":
                self._note(piece)
            else:
                worktree = piece.row.text("worktree") or text(self._stored(piece).worktree)
                self._gathered.cwd = self._gathered.cwd or worktree
                if piece.kind == "model_usage":
                    self._usage.append(_usage(piece.row))
                    self._gathered.model = self._gathered.model or piece.row.text("model_id")
                self._account.pass_over(f"bookkeeping: table {piece.kind}")
        yield from self._flush()
        self._settle()

    def _note(self, piece: OpenCodePiece) -> None:
        """Take what the session's own row says; those of its children are told by themselves."""
        row = piece.row
        if row.text("id") != self._draft.key:
            self._account.pass_over("the row of a child's session")
            return
        self._account.pass_over("bookkeeping: table session")
        stored = self._stored(piece)
        self._draft.parent_key = row.text("parent_id") or text(stored.parent_id)
        cwd = row.text("directory") or text(stored.directory)
        self._gathered.cwd = cwd or self._gathered.cwd
        self._gathered.agent_name = row.text("title") or text(stored.title)
        self._gathered.started_at = stored.created_at
        mark = json_cell(row.row.get("revert"))
        self._revert = Revert(mark if memoryview(mark).nbytes else stored.revert)

    def _stored(self, piece: OpenCodePiece) -> StoredSession:
        """What a session's or a project's own file says; nothing for a row."""
        data = piece.data
        what = f"the file of a {piece.kind}"
        stored = typed_record(data, STORED_SESSION, self._account, what) if data else None
        return stored or StoredSession()

    def _begin(self, piece: OpenCodePiece) -> None:
        message = typed_record(piece.data, MESSAGE, self._account, "a message")
        if message is None:
            self._account.miss_record("a message")
            return
        self._raw, self._parts = piece.raw, []
        if is_first(message):
            self._parts = [("", part) for part in parts_within(message, self._account)]
            message = as_later(message)
        self._message, self._message_id = message, piece.row.text("id")
        self._at = message.at
        if self._at is None:
            self._at = micros(piece.row.row.get("time_created"))
        self._first = self._at if self._first is None else self._first

    def _add(self, piece: OpenCodePiece) -> None:
        part = typed_record(piece.data, PART, self._account, "a part")
        if part is None:
            self._account.miss_record("a part")
        elif self._message is None or piece.row.text("message_id") != self._message_id:
            self._account.pass_over("a part whose message is gone")
        else:
            start = self._raw[0]
            self._raw = (start, piece.raw[0] + piece.raw[1] - start)
            self._parts.append((piece.row.text("id") or text(part.id), part))

    def _flush(self) -> Iterator[StepDraft]:
        message = self._message
        if message is None:
            return
        self._gathered.cwd = self._gathered.cwd or message.cwd
        stretches = self._revert.stretches(self._message_id, self._parts)
        for index, (flag, parts) in enumerate(stretches):
            if index:  # its tokens are those of its first step
                message = msgspec.structs.replace(message, tokens=None, cost=None)
            self._tell(message, parts, ends=index == len(stretches) - 1)
            for turn in self._gathered.turns:
                turn.flags |= flag
            yield from self._gathered.conversation.drafts()
            self._gathered.conversation = Conversation()
        self._message = None

    def _tell(self, message: OpenCodeMessage, parts: Sequence[OpenCodePart], *, ends: bool) -> None:
        """Add a message, or the first or last stretch of one."""
        if message.role == "user":
            self._prompt(parts)
        elif message.role == "assistant":
            self._reply(message if ends else msgspec.structs.replace(message, error=None), parts)
        else:
            self._account.miss_record(f"a message of role {text(message.role)[:40]}")

    def _prompt(self, parts: Sequence[OpenCodePart]) -> None:
        words: list[str] = []
        added: list[str] = []
        for part in parts:
            if part.type == "text":
                (added if part.is_added else words).append(text(part.text))
            elif part.type == "file":
                words.append(part.file)
            elif part.type == "subtask":
                words.append(text(part.prompt))
            else:
                self._other(part)
        self._gathered.prompt("\n".join(filter(None, words)), self._raw, self._at)
        self._gathered.context("\n".join(filter(None, added)), self._raw, self._at)

    def _reply(self, message: OpenCodeMessage, parts: Sequence[OpenCodePart]) -> None:
        words: list[str] = []
        thoughts: list[str] = []
        added: list[str] = []
        calls: list[tuple[Part, Part | None]] = []
        sums: list[Spent] = []
        for part in parts:
            if part.type == "text":
                (added if part.is_added else words).append(text(part.text))
            elif part.type == "reasoning":
                thoughts.append(text(part.text))
            elif part.type == "tool":
                calls.append(part.call())
            elif part.type == "file":
                added.append(part.file)
            elif part.type == "retry":
                self._gathered.notice(part.failure, self._raw, self._at, failed=True)
            else:
                if part.type == "step-finish":
                    sums.append(spent(part.tokens, part.cost))
                self._other(part)
        stated = _stated(message.spent, sums)
        self._is_stated = self._is_stated or stated.tokens_out is not None
        turn = self._gathered.reply(
            "\n".join(word for word in words if word.strip()),
            self._raw,
            self._at,
            reasoning="\n\n".join(thought for thought in thoughts if thought.strip()),
            calls=[call for call, _ in calls],
            model=message.model_name,
            spent=stated,
        )
        for call, result in calls:
            if result is not None:
                turn.answer(result.text, "", call.call_id, result.is_error)
        if message.is_summary:
            turn.flags |= StepFlag.COMPACTION
        self._gathered.context("\n".join(filter(None, added)), self._raw, self._at)
        if message.is_aborted:
            turn.flags |= StepFlag.INTERRUPTED
        elif message.failure:
            self._gathered.notice(message.failure, self._raw, self._at, failed=True)

    def _other(self, part: OpenCodePart) -> None:
        kind = text(part.type)[:40]
        if kind in BOOKKEEPING:
            self._account.pass_over(f"bookkeeping: {kind}")
        else:
            self._account.miss_record(f"a part of type {kind}" if kind else "a part untyped")

    def _settle(self) -> None:
        gathered, draft = self._gathered, self._draft
        draft.cwd, draft.project = gathered.cwd, project_of(gathered.cwd)
        draft.model, draft.task = gathered.model, gathered.task
        if gathered.started_at is not None:
            draft.started_at = min(filter(None, (gathered.started_at, self._first)))
        draft.title = given_title(gathered.agent_name) or None
        if self._usage and not self._is_stated:
            draft.tokens_in = _total([one.tokens_in for one in self._usage])
            draft.tokens_out = _total([one.tokens_out for one in self._usage])


def _usage(row: RowLine) -> Spent:
    """A request's tokens as ZCode states them: those read have the cached ones among them."""
    cells = row.row
    written = [token_count(cells.get("output_tokens")), token_count(cells.get("reasoning_tokens"))]
    return Spent(token_count(cells.get("input_tokens")), _total(written))


def _stated(whole: Spent, sums: list[Spent]) -> Spent:
    """What a message states; else what its steps come to."""
    if whole.tokens_in is not None or whole.tokens_out is not None or not sums:
        return whole
    return Spent(
        _total([one.tokens_in for one in sums]),
        _total([one.tokens_out for one in sums]),
        whole.cost,
    )


def _total(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
