"""What Claude.ai remembers of an account and of its projects: ``memories.json`` of an export."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.values.memory_notes import MemoryNoteDraft


class ClaudeAIMemories(msgspec.Struct):
    """The memories of one account."""

    conversations_memory: object = None
    project_memories: object = None
    account_uuid: object = None


_MEMORIES = TypedDecoder(ClaudeAIMemories)
_STORE = "claude-ai-memory"


class ClaudeAIMemoryReader(NoteReader):
    """A note for what is remembered of all conversations, and one for each project."""

    format = _STORE

    def recognises(self, source: SourceFile) -> bool:
        """Whether a record holds an account's memories."""
        return any(
            "account_uuid" in record
            and ("conversations_memory" in record or "project_memories" in record)
            for record in source.records
        )

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The notes of each account."""
        for located in typed_records(source, _MEMORIES, "the memories of an account"):
            record = located.record
            account = record.account_uuid if isinstance(record.account_uuid, str) else ""
            projects = record.project_memories
            named = projects.items() if isinstance(projects, dict) else ()
            for project, text in (("", record.conversations_memory), *named):
                if isinstance(text, str) and text:
                    yield MemoryNoteDraft(
                        store=_STORE,
                        key=f"{account} {project}",
                        text=text,
                        agent="Claude.ai",
                        name=project or "conversations",
                        title="What is remembered of a project"
                        if project
                        else "What is remembered of conversations",
                        type="project" if project else "user",
                        scope=project,
                        changed_at=source.modified_at,
                        links=links(text),
                    )
