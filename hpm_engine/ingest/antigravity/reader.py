"""Antigravity: the steps of a conversation, told in full and abridged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.antigravity.steps import LINE, SPEAKERS, AntigravityLine, AntigravitySteps
from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of, stem
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

_FULL = "transcript_full"
_OPEN = ("IN_PROGRESS", "PENDING", "RUNNING")  # states of a step that is written again

_Lines = list[Located[AntigravityLine]]


class AntigravityReader:
    """The transcripts under ``brain`` in Antigravity's folders.

    The abridged one has the same steps as the full one beside it: both are read from the full one,
    so that a session is told once, whichever of them is imported.
    """

    format = "antigravity"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is a step with a source, and a number or a time."""
        return any(map(_is_step, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one conversation of a file.

        Raises ``NothingToImport`` for an abridged one beside a full one that is too large to be
        read with it.
        """
        lines = list(typed_lines(source, LINE, source.account))
        encoded = stem(source.name) != _FULL
        full = source.beside(f"{_FULL}.jsonl") if encoded else None
        if full == b"":
            raise NothingToImport(
                f"{source.name}: the same steps as in {_FULL}.jsonl beside it, only shorter. "
                "Import that file."
            )
        steps = AntigravitySteps(GatheredSession(self.format, _conversation(source.name)))
        told = _settled(lines, source.account)
        if full:
            steps.located = False
            told, encoded = _settled(_lines_of(source, full), Account()), False
        for line in sorted(told, key=_index):
            if missed := steps.add(line, encoded=encoded):
                source.account.miss(missed)
        draft = steps.gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a transcript in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_step(record: dict[str, object]) -> bool:
    if {"step_index", "source", "type"} <= record.keys():
        return True
    return record.get("source") in SPEAKERS and {"created_at", "content"} <= record.keys()


def _conversation(name: str) -> str:
    """The folder that a conversation is named by; "" for none."""
    folders = folders_of(name)
    for mark, behind in (("brain", 1), (".system_generated", -1)):
        if mark in folders[:-1]:
            index = folders.index(mark) + behind
            return folders[index] if 0 <= index < len(folders) - 1 else ""
    return ""


def _lines_of(source: SourceFile, data: bytes) -> _Lines:
    full = SourceFile(source.name, len(data), partial(io.BytesIO, data), limits=source.limits)
    return list(typed_lines(full, LINE, Account()))


def _settled(lines: _Lines, account: Account) -> _Lines:
    """The lines without earlier states of steps that are written again."""
    last: dict[tuple[object, ...], int] = {}
    for position, line in enumerate(lines):
        record = line.record
        last[text(record.type), _index(line)] = position
    kept: _Lines = []
    for position, line in enumerate(lines):
        record = line.record
        if record.status in _OPEN and last[text(record.type), _index(line)] != position:
            account.pass_over("an earlier state of a step")
        else:
            kept.append(line)
    return kept


def _index(line: Located[AntigravityLine]) -> int:
    index = line.record.step_index
    return index if isinstance(index, int) else -1
