"""Pi, Oh My Pi (omp) and OpenClaw: sessions in lines that are a tree of entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.pi.lines import LINE, PiLine
from hpm_engine.ingest.pi.session import OPENCLAW, PiSession, session_titles
from hpm_engine.ingest.pi.tree import SPOKEN, Entries, branches
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import uuid_of
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

Drafts = Iterator[EpisodeDraft]

_BOOKKEEPING = frozenset(
    (
        *("custom", "label", "leaf", "mode_change", "model_change", "service_tier_change"),
        *("session", "session_info", "session_init", "thinking_level_change", "title_change"),
    )
)
_OPENCLAW = re.compile(r"openclaw|clawdbot|moltbot|[/\\]agents[/\\][^/\\]+[/\\]sessions[/\\]")
_OMP = re.compile(r"[/\\]\.?omp[/\\]")
_CHECKPOINT = re.compile(r"\.checkpoint\.[^/\\]*$")


class PiReader:
    """The sessions of Pi, or of one of its descendants, which write the same lines."""

    def __init__(self, agent: str) -> None:
        self.format = agent

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first records have a session's head, and this agent's marks."""
        records = source.records
        head = next((record for record in records if record.get("type") == "session"), None)
        if head is None:
            known = any(map(_is_entry, records))
        else:
            marks = {"timestamp", "cwd"} & head.keys()  # the first version names no id
            known = bool(marks) and (isinstance(head.get("id"), str) or len(marks) > 1)
            known = known and "delegationDepth" not in head
        return known and self.format == _agent(records, source.name)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The live branch of each session, then the branches that a person left.

        Raises ``NothingToImport`` for checkpoints of OpenClaw, which repeat a session's lines.
        """
        if self.format == OPENCLAW and _CHECKPOINT.search(source.name):
            raise NothingToImport(
                f"{source.name}: a checkpoint that OpenClaw made before it compacted a session. "
                "The session's own file beside it is read instead."
            )
        lines = typed_lines(source, LINE, source.account)
        held = False
        for draft in episodes(self.format, lines, source.account):
            held = True
            draft.key = draft.key or uuid_of(source.name) or head_digest(draft.steps)
            yield draft
        if not held:
            raise source.account.nothing(source.name, "a session in which nothing was said.")


def episodes(format_: str, lines: Iterable[Located[PiLine]], account: Account) -> Drafts:
    """The branches of each session in the lines, the live one first; keys are those of heads."""
    for head, own in _sessions(lines):
        entries = _told_once(own, account)
        paths = branches(entries, text(head.id))
        _account(account, entries, paths)
        titles = session_titles((head, *(entry.record for entry in entries)))
        for path in paths:
            session = PiSession(format_, head, titles)
            for entry in path:
                session.add(entry)
            session.finish()
            draft = session.gathered.draft()
            if draft is not None:
                yield draft


def _is_entry(record: dict[str, object]) -> bool:
    """Whether a record can only be Pi's: the head of its session was lost."""
    message = record.get("message")
    if record.get("type") != "message" or not isinstance(message, dict):
        return False
    return message.get("role") in ("toolResult", "bashExecution") or "stopReason" in message


def _agent(records: tuple[dict[str, object], ...], name: str) -> str:
    """The agent, by what only it writes; by its folder where all of them write the same."""
    if _OPENCLAW.search(name.lower()):
        return OPENCLAW
    for record in records:
        kind = record.get("type")
        if kind == "title_change" or (kind == "session" and "title" in record):
            return "omp"
        if kind == "model_change" and "model" in record and "modelId" not in record:
            return "omp"
    return "omp" if _OMP.search(name.lower()) else "pi"


def _sessions(lines: Iterable[Located[PiLine]]) -> list[tuple[PiLine, Entries]]:
    """The head and the entries of each session in the lines."""
    sessions: list[tuple[PiLine, Entries]] = []
    for line in lines:
        record = line.record
        if record.type == "session" and (not sessions or sessions[-1][0].id != record.id):
            before = sessions.pop()[1] if len(sessions) == 1 and not sessions[0][0].type else []
            sessions.append((record, before))
        elif sessions:
            sessions[-1][1].append(line)
        else:  # the head was lost, or stands later
            sessions.append((PiLine(), [line]))
    return sessions


def _told_once(entries: Entries, account: Account) -> Entries:
    """The entries without those that repeat another, as in a session that was saved twice."""
    known: dict[str, PiLine] = {}
    kept: Entries = []
    for entry in entries:
        identity = text(entry.record.id)
        if identity and known.get(identity) == entry.record:
            account.pass_over("an entry that is there already")
        else:
            known[identity] = entry.record
            kept.append(entry)
    return kept


def _account(account: Account, entries: Entries, paths: list[Entries]) -> None:
    """Tell the account which lines are no part of a conversation."""
    on_branch = {entry.start for path in paths for entry in path}
    for entry in entries:
        kind = text(entry.record.type)[:40]
        if kind in _BOOKKEEPING:
            account.pass_over(f"bookkeeping: {kind}")
        elif kind not in SPOKEN:
            account.miss_record(f"a line of type {kind}" if kind else "a line untyped")
        elif entry.start not in on_branch:
            account.pass_over("one of too many branches of a session")
