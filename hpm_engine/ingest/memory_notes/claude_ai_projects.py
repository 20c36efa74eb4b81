"""What a person gave the projects of Claude.ai: ``projects.json`` of an export.

A project has instructions, and documents that its conversations may read. Both are a person's, as
an instructions file of a repository is; what was said in the project is in the conversations.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.memory_notes import MemoryNoteDraft, NoteAuthor

_STORE = "claude-ai-project"


class ClaudeAiProject(msgspec.Struct):
    """A project of the export."""

    uuid: object = None
    name: object = None
    prompt_template: object = None
    created_at: object = None
    updated_at: object = None
    docs: msgspec.Raw = NO_JSON


class ClaudeAiDocument(msgspec.Struct):
    """A document of a project."""

    uuid: object = None
    filename: object = None
    content: object = None
    created_at: object = None


_PROJECT = TypedDecoder(ClaudeAiProject)
_DOCUMENT = TypedDecoder(ClaudeAiDocument)


class ClaudeAiProjectReader(NoteReader):
    """A note for the instructions of each project, and one for each of its documents."""

    format = _STORE

    def recognises(self, source: SourceFile) -> bool:
        """Whether a record is a project with its instructions."""
        return any("uuid" in record and "prompt_template" in record for record in source.records)

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The notes of each project; those without a word are none."""
        for located in typed_records(source, _PROJECT, "a project"):
            project = located.record
            key, name = text(project.uuid), text(project.name) or "a project"
            changed = micros(project.updated_at) or micros(project.created_at)
            if text(project.prompt_template).strip():
                yield MemoryNoteDraft(
                    store=_STORE,
                    key=f"{key} instructions",
                    text=text(project.prompt_template),
                    agent="Claude.ai",
                    author=NoteAuthor.PERSON,
                    name=name,
                    title=f"Instructions of {name}",
                    type="instructions",
                    scope=key,
                    created_at=micros(project.created_at),
                    changed_at=changed,
                    links=links(text(project.prompt_template)),
                )
            for raw in elements(project.docs):
                document = _DOCUMENT.nested(raw)
                if document is None:
                    source.account.miss("a document of a project")
                    continue
                words, file = text(document.content), text(document.filename)
                if words.strip():
                    yield MemoryNoteDraft(
                        store=_STORE,
                        key=f"{key} {text(document.uuid) or file}",
                        text=words,
                        agent="Claude.ai",
                        author=NoteAuthor.PERSON,
                        name=file or "document",
                        title=f"{file or 'A document'} of {name}",
                        type="document",
                        scope=key,
                        created_at=micros(document.created_at),
                        changed_at=micros(document.created_at) or changed,
                        links=links(words),
                    )
