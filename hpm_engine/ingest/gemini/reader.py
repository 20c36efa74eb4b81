"""Gemini CLI: the chat files under ``~/.gemini/tmp``, whole documents or lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

import msgspec

from hpm_engine.ingest.gemini.folder import named_folder, root_beside
from hpm_engine.ingest.gemini.messages import MESSAGE, GeminiMessage, add_gemini_message
from hpm_engine.ingest.gemini.prompts import first_prompt
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import ANYTHING, Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.first_lines import given_title, project_of
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft

_PATH = re.compile(r"(?:[A-Za-z]:\\|/)[^\s\"'`<>|*?,;:()\[\]{}]+")
_SEPARATOR = re.compile(r"[/\\]")
_MOST_PATHS = 2_000  # paths that are tried for a project
_LONGEST_PATH = 1_000  # characters
_SCANNED = 20_000  # characters of a message that are searched for paths


class Session(msgspec.Struct):
    """A session: a document, or the first of its lines with the changes of ``$set``."""

    session_id: object = msgspec.field(default=None, name="sessionId")
    project_hash: object = msgspec.field(default=None, name="projectHash")
    kind: object = None
    directories: object = None
    messages: msgspec.Raw = NO_JSON
    summary: object = None


class GeminiLine(GeminiMessage):
    """A line: a message with an id, an update with ``$set``, or the head with a session's id."""

    session_id: object = msgspec.field(default=None, name="sessionId")
    kind: object = None
    directories: object = None
    project_hash: object = msgspec.field(default=None, name="projectHash")
    messages: msgspec.Raw = NO_JSON
    summary: object = None
    update: msgspec.Raw = msgspec.field(default=NO_JSON, name="$set")
    rewind: msgspec.Raw = msgspec.field(default=NO_JSON, name="$rewindTo")


_HEAD = {"sessionId", "startTime", "lastUpdated"}
_LINE = TypedDecoder(GeminiLine)
_SESSION = TypedDecoder(Session)


class GeminiCliReader:
    """Gemini CLI's sessions.

    The command line writes a message again whenever it changes: the last state counts, in the first
    position. Messages that a person rewound or a summary replaced did happen and are kept.
    """

    format = "gemini-cli"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record has a session's id and its project's hash."""
        if not isinstance(source.opening.value, list) and any(map(_is_headed, source.records)):
            return True
        return any(map(_is_head, first_values(source, _LINE, b'"projectHash"')))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of a file; several sessions where a file joins files of lines."""
        opening = source.opening
        is_document = isinstance(opening.value, dict) and not opening.more
        parts = [_document(source)] if is_document else _lines(source)
        drafts = [draft for part in parts if (draft := self._draft(source, *part)) is not None]
        if not drafts:
            held = "a Gemini CLI session without a message."
            raise source.account.nothing(source.name, held)
        yield from drafts

    def _draft(
        self, source: SourceFile, session: Session, messages: list[Located[GeminiMessage]]
    ) -> EpisodeDraft | None:
        conversation = Conversation()
        for message in messages:
            add_gemini_message(conversation, message.record, (message.start, message.size))
        steps = conversation.drafts()
        if not steps:
            return None
        cwd = root_beside(source) or _project_folder(session, messages) or named_folder(steps)
        prompt = first_prompt(steps)
        folders = _SEPARATOR.split(source.name)
        inside = folders[-2] if len(folders) > 1 else ""  # subagents lie in their parent's folder
        return EpisodeDraft(
            format=self.format,
            key=text_of(session.session_id) or head_digest(steps),
            steps=steps,
            parent_key=inside if session.kind == "subagent" else "",
            agent="gemini-cli",
            model=next((step.model for step in reversed(steps) if step.model), ""),
            project=project_of(cwd),
            cwd=cwd,
            task=task_line(prompt.parts[0].text) if prompt else "",
            title=given_title(text_of(session.summary)) or None,
        )


def _is_headed(record: dict[str, object]) -> bool:
    if "sessionId" in record and "projectHash" in record:
        return True
    # A head, or a whole session, without its project.
    return _HEAD <= record.keys() <= _HEAD | {"kind", "messages", "summary", "directories"}


def _is_head(line: GeminiLine) -> bool:
    """Whether a line is the first of a session, and not a whole session."""
    known = line.session_id is not None and line.project_hash is not None
    return known and memoryview(line.messages).nbytes == 0


def _document(source: SourceFile) -> tuple[Session, list[Located[GeminiMessage]]]:
    document = Document(source.name, source.read())
    session = typed_document(document, _SESSION, "a session", source.account)
    raws = elements(session.messages)
    return session, list(typed_items(document, raws, MESSAGE, "a message", source.account))


def _lines(source: SourceFile) -> list[tuple[Session, list[Located[GeminiMessage]]]]:
    source.must_fit("session", "Split it.")  # a message may change until the last line
    session = Session()
    messages: dict[str, Located[GeminiMessage]] = {}
    parts = [(session, messages)]
    for line in typed_lines(source, _LINE, source.account):
        record = line.record
        update = _SESSION.nested(record.update)
        if update is not None:
            session.summary = update.summary or session.summary
            for raw in elements(update.messages):
                message = MESSAGE.nested(raw)
                if message is not None and text_of(message.id) not in messages:
                    messages[text_of(message.id)] = Located(*line[:3], message)
            if not update.summary and not elements(update.messages):
                source.account.pass_over("bookkeeping: a change of the session")
        elif record.id is not None:
            if text_of(record.id) in messages:
                source.account.pass_over("an earlier state of a message")
            messages[text_of(record.id)] = Located(*line[:3], record)
        elif record.session_id is None and memoryview(record.rewind).nbytes:
            source.account.pass_over("bookkeeping: a rewind")
        elif record.session_id is None:
            kind = text_of(record.type)[:40]
            source.account.miss_record(f"a line of type {kind}" if kind else "a line untyped")
        elif session.session_id is None:
            _begin(session, record)
        elif session.session_id != record.session_id:
            session, messages = Session(), {}
            _begin(session, record)
            parts.append((session, messages))
    return [(head, list(said.values())) for head, said in parts]


def _begin(session: Session, head: GeminiLine) -> None:
    session.session_id, session.project_hash = head.session_id, head.project_hash
    session.kind, session.directories = head.kind, head.directories
    session.summary = session.summary or head.summary


def _project_folder(session: Session, messages: list[Located[GeminiMessage]]) -> str:
    """The folder, among those that the session names, whose SHA-256 is the project's hash."""
    wanted = text_of(session.project_hash)
    tried: set[str] = set()
    for path in _paths(session, messages):
        while path and path not in tried and len(tried) < _MOST_PATHS:
            tried.add(path)
            if sha256(path.encode("utf-8", "replace")).hexdigest() == wanted:
                return path
            path = path[: max(path.rfind("/"), path.rfind("\\"), 0)]
    return ""


def _paths(session: Session, messages: list[Located[GeminiMessage]]) -> Iterator[str]:
    directories = session.directories if isinstance(session.directories, list) else []
    yield from (text_of(directory).rstrip("/\\") for directory in directories)
    for message in messages:
        for call in message.record.calls or ():
            for value in _strings(call.args):
                yield value.rstrip("/\\")
        for path in _PATH.findall(text_of(message.record.content)[:_SCANNED]):
            yield path.rstrip("/\\.")


def _strings(args: msgspec.Raw) -> Iterator[str]:
    """The arguments that are paths as a whole, including blanks."""
    try:
        values = ANYTHING.decode(args) if memoryview(args).nbytes else None
    except (ValueError, RecursionError):
        return
    for value in values.values() if isinstance(values, dict) else ():
        if isinstance(value, str) and _PATH.match(value) and len(value) < _LONGEST_PATH:
            yield value
