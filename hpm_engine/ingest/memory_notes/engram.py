"""Engram's memory: observations, in its chunks and in its database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.memory_notes.sections import sections
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.memory_notes import MemoryNoteDraft

_WHAT = "a chunk of Engram's memory"
_PROMPTS = "a prompt that its session has"
_SESSIONS = "a session that notes name"
_NO_SESSION = "manual-save"
Row = dict[str, object]


class EngramChunk(msgspec.Struct):
    """A chunk: each list may be null."""

    sessions: object = None
    observations: object = None
    prompts: object = None


_CHUNK = TypedDecoder(EngramChunk)


class EngramChunkReader(NoteReader):
    """One JSON document of a chunk (``.engram/chunks/ID.jsonl.gz``)."""

    format = "engram"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the document has sessions and observations."""
        return {"sessions", "observations"} <= source.opening.record.keys()

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """A note for each observation."""
        document = Document(source.name, source.read())
        chunk = typed_document(document, _CHUNK, _WHAT, source.account)
        sessions_, observations = rows_of(chunk.sessions), rows_of(chunk.observations)
        yield from engram_notes(sessions_, observations, rows_of(chunk.prompts), source)


def rows_of(value: object) -> list[Row]:
    """The objects of a list; none for null."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def engram_notes(
    sessions_: list[Row], observations: list[Row], prompts: list[Row], source: SourceFile
) -> Iterator[MemoryNoteDraft]:
    """The notes of Engram's rows, wherever they stand; its sessions and prompts are no notes."""
    account = source.account
    account.read += len(observations) + len(sessions_) + len(prompts)
    account.pass_over(_SESSIONS, len(sessions_))
    account.pass_over(_PROMPTS, len(prompts))
    folders = {str(row.get("id")): _text(row, "directory") for row in sessions_}
    for row in observations:
        session = _text(row, "session_id")
        title = _text(row, "title")
        created = micros(row.get("created_at"))
        body = _text(row, "content")
        yield MemoryNoteDraft(
            store="engram",
            key=f"{row.get('id')} {session} {_text(row, 'created_at')}".rstrip(),
            text=sections(title, [("", body)]),
            agent="",
            name=_text(row, "topic_key") or str(row.get("id")),
            title=title,
            type=_text(row, "type"),
            scope=folders.get(session) or _text(row, "project"),
            created_at=created,
            changed_at=micros(row.get("updated_at")) or created,
            gone_at=micros(row.get("deleted_at")),
            sessions=() if session.startswith(_NO_SESSION) or not session else (session,),
            links=links(body),
        )


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
