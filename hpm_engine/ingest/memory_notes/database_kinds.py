"""claude-mem, Engram, mem0, the MCP memory service and Codex: the notes of their databases."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.memory_notes.engram import engram_notes
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.memory_notes.note_databases import (
    NoteDatabase,
    NoteDatabaseReader,
    NoteTables,
    Row,
    Rows,
    text_of,
)
from hpm_engine.ingest.memory_notes.sections import sections
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.memory_notes import EarlierText, MemoryNoteDraft

_PROMPTS = "a prompt that its session has"
_SESSIONS = "a session that notes name"
# A session's ids in the first versions: the agent's own, and that of claude-mem.
_FIRST_CONTENT, _FIRST_MEMORY = "claude_session_id", "sdk_session_id"
_SUMMARY = ("request", "investigated", "learned", "completed", "next_steps", "notes")


def _claude_mem(rows: Rows, source: SourceFile) -> Iterator[MemoryNoteDraft]:
    """Observations and summaries; a session's own id is under ``memory_session_id``."""
    sessions = rows.get("sdk_sessions", [])
    source.account.pass_over(_SESSIONS, len(sessions))
    source.account.pass_over(_PROMPTS, len(rows.get("user_prompts", [])))
    keys = {
        _memory_session(row): text_of(row, "content_session_id") or text_of(row, _FIRST_CONTENT)
        for row in sessions
    }
    for row in rows.get("observations", []):
        parts = [
            ("", row.get("subtitle")),
            ("", row.get("narrative")),
            ("", row.get("text")),
            ("Facts", row.get("facts")),
            ("Concepts", row.get("concepts")),
            ("Files read", row.get("files_read")),
            ("Files changed", row.get("files_modified")),
        ]
        title = text_of(row, "title")
        yield _of_claude_mem(row, "observation", title, text_of(row, "type"), parts, keys)
    for row in rows.get("session_summaries", []):
        parts = [(name.replace("_", " ").capitalize(), row.get(name)) for name in _SUMMARY]
        parts += [("Files read", row.get("files_read")), ("Files changed", row.get("files_edited"))]
        title = text_of(row, "request").split("\n", 1)[0]
        yield _of_claude_mem(row, "summary", title, "summary", parts, keys)


def _memory_session(row: Row) -> str:
    """The id that claude-mem itself gives a session."""
    return text_of(row, "memory_session_id") or text_of(row, _FIRST_MEMORY)


def _of_claude_mem(
    row: Row,
    kind: str,
    title: str,
    type_: str,
    parts: list[tuple[str, object]],
    keys: dict[str, str],
) -> MemoryNoteDraft:
    session = keys.get(_memory_session(row), "")
    created = micros(row.get("created_at_epoch")) or micros(row.get("created_at"))
    text = sections(title if kind == "observation" else "", parts)
    return MemoryNoteDraft(
        store="claude-mem",
        key=f"{kind} {row.get('id')} {_memory_session(row)}",
        text=text,
        agent="Claude Code",
        name=f"{kind} {row.get('id')}",
        title=title,
        type=type_,
        scope=text_of(row, "merged_into_project") or text_of(row, "project"),
        created_at=created,
        changed_at=created,
        sessions=(session,) if session else (),
        links=links(text),
    )


def _engram(rows: Rows, source: SourceFile) -> Iterator[MemoryNoteDraft]:
    """As in its chunks."""
    source.account.read -= sum(len(table) for table in rows.values())  # counted again there
    tables = [
        [dict(row) for row in rows.get(name, [])]
        for name in ("sessions", "observations", "user_prompts")
    ]
    yield from engram_notes(tables[0], tables[1], tables[2], source)


def _mem0(rows: Rows, source: SourceFile) -> Iterator[MemoryNoteDraft]:
    """The memories that the log of changes leaves, with the wordings that they had before."""
    memories: dict[str, list[Row]] = {}
    for row in rows.get("history", []):
        memories.setdefault(text_of(row, "memory_id"), []).append(row)
    for key, changes in memories.items():
        changes.sort(key=lambda row: micros(row.get("created_at")) or 0)
        last = changes[-1]
        texts = [(text_of(row, "new_memory"), _changed(row)) for row in changes]
        written = [EarlierText(text, at) for text, at in texts if text]
        deleted = text_of(last, "event").upper() == "DELETE" or last.get("is_deleted") in (1, "1")
        text = written[-1].text if written and not deleted else ""
        yield MemoryNoteDraft(
            store="mem0",
            key=key,
            text=text,
            name=key,
            title=text.split("\n", 1)[0][:100],
            type=text_of(last, "role"),
            scope="",
            created_at=micros(changes[0].get("created_at")),
            changed_at=_changed(last),
            gone_at=(_changed(last) or source.modified_at or 0) if deleted else None,
            earlier=tuple(written[:-1]),
        )


def _changed(row: Row) -> int | None:
    return micros(row.get("updated_at")) or micros(row.get("created_at"))


def _memory_service(rows: Rows, source: SourceFile) -> Iterator[MemoryNoteDraft]:
    """The memories that are not deleted; tags stand behind the text."""
    for row in rows.get("memories", []):
        content = text_of(row, "content")
        tags = [tag for each in text_of(row, "tags").split(",") if (tag := each.strip())]
        text = f"{content}\n\nTags: {', '.join(tags)}" if tags else content
        yield MemoryNoteDraft(
            store="mcp-memory-service",
            key=text_of(row, "content_hash"),
            text=text,
            name=text_of(row, "content_hash")[:12],
            title=content.split("\n", 1)[0][:100],
            type=text_of(row, "memory_type"),
            created_at=micros(row.get("created_at")),
            changed_at=micros(row.get("updated_at")) or micros(row.get("created_at")),
            gone_at=micros(row.get("deleted_at")),
            links=links(content),
        )


def _codex(rows: Rows, source: SourceFile) -> Iterator[MemoryNoteDraft]:
    """What Codex remembers of each thread before it is merged into its files."""
    for row in rows.get("stage1_outputs", []):
        thread = text_of(row, "thread_id")
        parts = [("", row.get("raw_memory")), ("Summary", row.get("rollout_summary"))]
        text = sections("", parts)
        yield MemoryNoteDraft(
            store="codex-memories",
            key=f"stage1 {thread}",
            text=text,
            agent="Codex",
            name=text_of(row, "rollout_slug") or thread,
            title=text_of(row, "raw_memory").split("\n", 1)[0][:100],
            type="raw memory",
            created_at=micros(row.get("generated_at")),
            changed_at=micros(row.get("source_updated_at")) or micros(row.get("generated_at")),
            sessions=(thread,) if thread else (),
        )


NOTE_DATABASES = (
    *(
        NoteDatabase(
            "claude-mem",
            "claude-mem",
            NoteTables(
                {
                    "sdk_sessions": ("id",),
                    "observations": ("id",),
                    "session_summaries": ("id",),
                    "user_prompts": ("id",),
                },
                {"sdk_sessions": (content,), "observations": (memory,)},
            ),
        )
        for content, memory in (
            ("content_session_id", "memory_session_id"),
            (_FIRST_CONTENT, _FIRST_MEMORY),
        )
    ),
    NoteDatabase(
        "codex-memories",
        "Codex",
        NoteTables({"stage1_outputs": ("thread_id",)}, {"stage1_outputs": ("thread_id",)}),
    ),
    NoteDatabase(
        "engram",
        "Engram",
        NoteTables(
            {"sessions": (), "observations": ("id",), "user_prompts": ("id",)},
            {"sessions": ("directory",), "observations": ("session_id", "content")},
        ),
    ),
    NoteDatabase(
        "mcp-memory-service",
        "MCP memory service",
        NoteTables({"memories": ("created_at",)}, {"memories": ("content_hash", "content")}),
    ),
    NoteDatabase(
        "mem0",
        "mem0",
        NoteTables({"history": ("created_at",)}, {"history": ("memory_id", "new_memory", "event")}),
    ),
)
DATABASE_READERS = (
    NoteDatabaseReader("claude-mem", _claude_mem),
    NoteDatabaseReader("codex-memories", _codex),
    NoteDatabaseReader("engram", _engram),
    NoteDatabaseReader("mcp-memory-service", _memory_service),
    NoteDatabaseReader("mem0", _mem0),
)
