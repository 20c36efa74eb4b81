"""Crush and the first OpenCode: sessions in the rows of a project's database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hpm_engine.ingest.crush.parts import CrushParts, parts_of
from hpm_engine.ingest.databases.row_lines import ROW_LINE, RowLine, told_by
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag

_DATA_FOLDER = re.compile(r"[/\\]\.(?:crush|opencode)[/\\][^/\\]*$")
_MEMBER = "!/"


class CrushReader:
    """The sessions of Crush, or of the first OpenCode."""

    def __init__(self, format_: str) -> None:
        self.format = format_

    def recognises(self, source: SourceFile) -> bool:
        """Whether the lines are the rows of such a session."""
        return told_by(source, self.format)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session. Raises ``NothingToImport`` where nothing was said in it."""
        key = str(source.records[0].get("session"))
        gathered = GatheredSession(self.format, key)
        gathered.cwd = _project(source.name)
        session = _CrushSession(gathered, source.account)
        for line in typed_lines(source, ROW_LINE, source.account):
            session.add(line.record, (line.start, line.size))
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        yield draft


def _project(name: str) -> str:
    """The folder that a database on disk lies in, which is the project; "" for any other."""
    path, member, _ = name.rpartition(_MEMBER)
    folder = _DATA_FOLDER.search(path)
    return path[: folder.start()] if member and folder and _MEMBER not in path else ""


class _CrushSession:
    def __init__(self, gathered: GatheredSession, account: Account) -> None:
        self._gathered, self._account = gathered, account
        self._sums: tuple[int | None, int | None, float | None] = (None, None, None)
        self._summary = ""  # the id of the message that replaced those before it

    def add(self, row: RowLine, raw: Raw) -> None:
        """Add a row."""
        if row.table == "messages":
            self._message(row, raw)
        elif row.table == "sessions" and row.text("id") == self._gathered.key:
            self._account.pass_over("bookkeeping: table sessions")
            self._note(row)
        elif row.table == "sessions":
            self._account.pass_over("the row of a child's session")
        elif row.table:
            self._account.pass_over(f"bookkeeping: table {row.table[:40]}")
        elif row.database:
            self._account.pass_over("the line that begins a session of a database")
        else:
            self._account.miss_record("a line that is no row")

    def draft(self) -> EpisodeDraft | None:
        """The episode; None where nothing was said."""
        draft = self._gathered.draft()
        if draft is not None:
            draft.tokens_in, draft.tokens_out, draft.cost_usd = self._sums
        return draft

    def _note(self, row: RowLine) -> None:
        cells = row.row
        self._gathered.parent_key = row.text("parent_session_id")
        self._gathered.agent_name = row.text("title")
        self._summary = row.text("summary_message_id")
        read, written = (
            token_count(cells.get(f"{what}_tokens")) for what in ("prompt", "completion")
        )
        self._sums = (read or None, written or None, dollars(cells.get("cost")) or None)

    def _message(self, row: RowLine, raw: Raw) -> None:
        parts = parts_of(row.text("parts"), self._account)
        at, role = micros(row.row.get("created_at")), row.text("role")
        if role == "user":
            for command in parts.commands:
                self._gathered.context(command, raw, at)
            self._gathered.prompt(_joined(parts.texts), raw, at)
        elif role == "assistant":
            self._reply(parts, row, raw, at)
        elif role == "tool":
            for result in parts.results:
                self._gathered.result(
                    result.call_id, result.text, raw, at, is_error=result.is_error
                )
        elif role == "system":
            self._gathered.notice(_joined(parts.texts), raw, at)
        else:
            self._account.miss_record(f"a message of role {role[:40]}")

    def _reply(self, parts: CrushParts, row: RowLine, raw: Raw, at: int | None) -> None:
        turn = self._gathered.reply(
            _joined(parts.texts),
            raw,
            at,
            reasoning="\n\n".join(filter(str.strip, parts.thoughts)),
            calls=parts.calls,
            model=row.text("model"),
        )
        if row.row.get("is_summary_message") == 1 or self._summary == row.text("id"):
            turn.flags |= StepFlag.COMPACTION
        if parts.ended == "canceled":
            turn.flags |= StepFlag.INTERRUPTED
        self._gathered.notice(parts.failure, raw, at, failed=True)


def _joined(texts: list[str]) -> str:
    return "\n".join(filter(str.strip, texts))
