"""Notes that are Markdown files: one note a file, its text the whole file as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from hpm_engine.ingest.memory_notes.file_kinds import (
    FileKind,
    NamedText,
    instructed_agent,
    kind_of,
)
from hpm_engine.ingest.memory_notes.front_matter import MarkdownText, read_markdown
from hpm_engine.ingest.memory_notes.git_history import history
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.memory_notes import EarlierText, MemoryNoteDraft

_HEADING = re.compile(r"^#{1,6}[ \t]{1,8}(\S[^\n]{0,300})", re.MULTILINE)
_THREAD = re.compile(r"(?:thread_id|Thread)[=: `]{1,4}([0-9a-f]{8}-[0-9a-f-]{27})")
# Qoder: memories/ACCOUNT/global/CATEGORY/NOTE.md, memories/ACCOUNT/projects/FOLDER/CATEGORY/NOTE.md
_QODER = re.compile(
    r"/\.qoder/memories/[^/]{1,200}/(?:global|projects/([^/]{1,300}))(?:/([^/]{1,200}))?/[^/]{1,300}\Z"
)
_CLAUDE_PROJECT = re.compile(r"/projects/(-[^/]{1,300})/memory/")
_LETTA = re.compile(r"/(agent-[0-9a-f-]{8,60}|\.letta/agents/[^/]{1,200})/(?:[^/]{1,200}/)?memory/")
_FIELD = re.compile(r"^(\w{1,40}): ([^\r\n]{1,1000})", re.MULTILINE)
_HEAD = 4_000  # characters in which Codex names the session of a summary
_DEEPEST = 8  # folders of a memory above a file
_LETTA_STORE = "letta-memfs"


class MarkdownNoteReader(NoteReader):
    """All kinds of memory that are folders of Markdown files."""

    format = "memory-files"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the file's folder, name or front matter are those of a kind of memory."""
        if b"\0" in source.head[:8192]:
            return False
        head = source.head.decode("utf-8", "replace")
        if len(source.head) < source.size:
            head = head.rpartition("\n")[0]  # the last line may be cut
        return kind_of(_named(source, head)) is not None

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The one note of the file."""
        text = whole_text(source)
        named = _named(source, text)
        kind = kind_of(named)
        if kind is not None:
            source.account.read += 1
            yield _note(named, kind, text, source)


def whole_text(source: SourceFile) -> str:
    """The text of a file as it is. Bytes that are no UTF-8 become U+FFFD and count as damage."""
    data = source.read()
    try:
        return data.decode()
    except UnicodeDecodeError:
        _tell_damage(data, source)
        return data.decode("utf-8", "replace")


def _tell_damage(data: bytes, source: SourceFile) -> None:
    start = 0
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            reason = "bytes that are no UTF-8 text"
            source.account.damage(f"line {number}", start, len(line), reason, mended=False)
        start += len(line)


def _named(source: SourceFile, text: str) -> NamedText:
    path = "/" + source.name.replace("\\", "/").replace("!/", "/").lstrip("/")
    return NamedText(path, read_markdown(text), source.beside)


def _note(named: NamedText, kind: FileKind, text: str, source: SourceFile) -> MemoryNoteDraft:
    markdown = named.markdown
    created = micros(markdown.word("created", "created_at", "timestamp"))
    changed = micros(markdown.word("modified", "updated", "updated_at", "timestamp"))
    draft = MemoryNoteDraft(
        store=kind.store,
        key=source.name,
        text=text,
        agent=instructed_agent(named) if kind.store == "instructions" else kind.agent,
        author=kind.author,
        name=named.name.removesuffix(".md"),
        title=markdown.word("title", "name") or _heading(markdown),
        type=markdown.word("type", "metadata.type"),
        scope=_scope(named, kind)
        if source.name.startswith("/")
        else _scope(named, kind).lstrip("/"),
        created_at=created,
        changed_at=changed or source.modified_at,
        sessions=_sessions(named, kind),
        links=links(markdown.body),
    )
    if kind.store == "codex-memories":
        _tell_of_rollout(draft, named)
    if kind.store == "qoder-memories" and (match := _QODER.search(named.path)):
        draft.type = draft.type or match[2] or ""
    if kind.store == _LETTA_STORE:
        if match := _LETTA.search(named.path):
            agent = PurePosixPath(match[1]).name
            draft.key = f"{agent}/{named.path[match.end() :]}"
        _tell_earlier(draft, named, source)
    return draft


def _tell_earlier(draft: MemoryNoteDraft, named: NamedText, source: SourceFile) -> None:
    """The wordings that the file had before, where its memory is a git repository."""
    names = named.path.split("/")
    folders = ["../" * up + ".git/" for up in range(min(_DEEPEST, len(names) - 1))]
    up = next((up for up, git in enumerate(folders) if source.beside(f"{git}HEAD")), None)
    if up is None:
        return
    told = history(lambda name: source.beside(folders[up] + name), "/".join(names[-1 - up :]))
    texts: list[EarlierText] = []
    for wording in told.wordings:
        try:
            texts.append(EarlierText(wording.data.decode(), wording.at))
        except UnicodeDecodeError:
            source.account.miss("an earlier wording that is not UTF-8")
    if texts and texts[-1].text == draft.text:
        draft.changed_at = texts.pop().at or draft.changed_at
    draft.earlier = tuple(texts)
    if told.why:
        source.account.miss(f"earlier wordings in git: {told.why.rstrip('.')}")


def _heading(markdown: MarkdownText) -> str:
    match = _HEADING.search(markdown.body, 0, _HEAD)
    return match[1].strip() if match else ""


def _scope(named: NamedText, kind: FileKind) -> str:
    """The folder that a note is for, as far as its place says it."""
    folder = named.path.rsplit("/", 1)[0]
    if match := _CLAUDE_PROJECT.search(named.path):
        return match[1]
    if kind.store == "instructions":
        folder = folder.split("/.claude/", 1)[0]
        folder = folder.split("/.qoder/rules", 1)[0]
        return "" if folder.endswith(("/.claude", "/.codex", "/.gemini", "/.qoder")) else folder
    if (match := _QODER.search(named.path)) and kind.store == "qoder-memories":
        name = match[1] or ""  # as Claude Code names a folder, in some versions without the root
        return name if not name or name.startswith("-") or name[1:3] == "--" else f"-{name}"
    if kind.store == "claude-code-agent-memory":
        return named.path.split("/.claude/", 1)[0]
    return ""


def _sessions(named: NamedText, kind: FileKind) -> tuple[str, ...]:
    session = named.markdown.word("metadata.originSessionId", "originSessionId", "session_id")
    found = [session] if session else []
    if kind.store == "codex-memories":
        found += [match[1] for match in _THREAD.finditer(named.body)]
    return tuple(dict.fromkeys(found))


def _tell_of_rollout(draft: MemoryNoteDraft, named: NamedText) -> None:
    """The fields at the head of a rollout's summary: its folder, and when it was written."""
    head = named.body[:_HEAD].split("\n\n", 1)[0]
    fields = {match[1]: match[2].strip() for match in _FIELD.finditer(head)}
    draft.scope = fields.get("cwd", "")
    draft.changed_at = micros(fields.get("updated_at")) or draft.changed_at
    draft.type = draft.type or {
        "MEMORY.md": "memory",
        "memory_summary.md": "summary",
        "raw_memories.md": "raw memories",
    }.get(named.name, "rollout summary")
