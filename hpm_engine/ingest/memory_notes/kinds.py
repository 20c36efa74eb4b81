"""All kinds of memory whose notes are read."""

from __future__ import annotations

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.memory_notes.claude_ai import ClaudeAIMemoryReader
from hpm_engine.ingest.memory_notes.claude_ai_projects import ClaudeAiProjectReader
from hpm_engine.ingest.memory_notes.database_kinds import DATABASE_READERS
from hpm_engine.ingest.memory_notes.engram import EngramChunkReader
from hpm_engine.ingest.memory_notes.file_kinds import FILE_KINDS
from hpm_engine.ingest.memory_notes.knowledge_graphs import KnowledgeGraphReader
from hpm_engine.ingest.memory_notes.markdown_files import MarkdownNoteReader
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile

NOTE_READERS: tuple[NoteReader, ...] = (
    MarkdownNoteReader(),
    KnowledgeGraphReader(),
    EngramChunkReader(),
    ClaudeAIMemoryReader(),
    ClaudeAiProjectReader(),
    *DATABASE_READERS,
)
# What kinds of memory are called, as notes of them are.
NOTE_STORES = frozenset(
    (*(kind.store for kind in FILE_KINDS), *(reader.format for reader in NOTE_READERS))
)


def note_reader(source: SourceFile) -> NoteReader | None:
    """The reader of a source that holds notes of a memory; None for all others."""
    if not source.size:
        return None
    try:
        return next((reader for reader in NOTE_READERS if reader.recognises(source)), None)
    except CannotImport:  # whoever reads it as a session says what is wrong
        return None
