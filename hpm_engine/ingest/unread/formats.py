"""Reasons why no reader reads a source: a format without a reader, or no trace at all."""

from __future__ import annotations

import codecs
import re

from hpm_engine.ingest.sources.beside import LARGEST
from hpm_engine.ingest.sources.labels import is_labels
from hpm_engine.ingest.sources.opening import Opening
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.unread.companions import companion
from hpm_engine.ingest.unread.databases import unread_database
from hpm_engine.ingest.unread.records import is_opencode_piece, unread_records

_BINARY = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive, which this version does not unpack"),
    (b"Rar!", "a RAR archive, which this version does not unpack"),
    (b"PAR1", "a Parquet table, which this version does not read; export it as JSON lines"),
)
_SQLITE = b"SQLite format 3\0"
_SQLITE_LOG = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_TABLE_LINES = 6  # first lines of a table
_NAMES = "Names of Codex's sessions: they go to the rollouts that they are of."
_KIRO_FACTS = {"session_id", "cwd", "title", "created_at", "updated_at"}
_PROMPTS = re.compile(r"/[0-9a-f]{2}/[0-9a-f]{6,62}/\d{1,4}/(?:prompt\.txt|context\.md)\Z")
_PIECE = (
    "A piece of a session of OpenCode. Import the folder storage that it is from: there the "
    "session's own file is read with its pieces."
)
_QUOTED = re.compile(rb'"[^"]*"')  # a cell whose commas separate nothing


def reason(source: SourceFile) -> str:
    """Why the source is no trace for this version, in words for a person."""
    head = source.head
    if head.startswith((_SQLITE, *_SQLITE_LOG)):
        return _database_reason(source)
    for magic, what in _BINARY:
        if head.startswith(magic):
            return f"Not a trace: {what}."
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "The text is UTF-16. Save it as UTF-8, then import it again."
    if b"\0" in head[:8192]:
        return "Not a trace: a binary file."
    if source.opening.value is not None:
        return _json_reason(source)
    if _PROMPTS.search(source.name.replace("\\", "/").replace("!/", "/")):
        return "Prompts of a checkpoint of Entire: full.jsonl beside them has the session."
    return _text_reason(head)


def set_aside(source: SourceFile) -> str:
    """Why a source that looks like a trace is none; empty for all others."""
    if not source.size:
        return "The file is empty."
    record = source.opening.record
    if "conversations" in record and "trial_name" in record:
        return (
            "A training export of runs (Harbor's traces.json). It repeats the conversation of the "
            "run's own trajectory file; import that one."
        )
    first = next(iter(source.opening.keys.values()), None)
    if isinstance(first, dict) and first and set(first) <= {"input", "output"}:
        return "The messages of a trace's spans, normalised. Import the trace itself."
    return ""


def unread(source: SourceFile) -> str:
    """The kind of an agent's source without a reader, in words; empty for all others."""
    known = source.opening.value is not None
    if known and is_opencode_piece(source.records):
        return _PIECE
    what = unread_records(source.records, source.name) if known else ""
    return _later(what) if what else ""


def _database_reason(source: SourceFile) -> str:
    what = unread_database(source)
    log = source.head.startswith(_SQLITE_LOG)
    kind = "The log of a SQLite database" if log else "A SQLite database"
    if what:
        return _later(f"{kind} with {what}")
    return f"Not a trace: {kind[0].lower()}{kind[1:]}."


def _json_reason(source: SourceFile) -> str:
    opening = source.opening
    record = opening.record
    if what := companion(source.records):
        return what
    for known, what in _document_kinds(opening):
        if known:
            return what
    for known, what in (kind for record in source.records for kind in _record_kinds(record)):
        if known:
            return _unread_names(source) if what == _NAMES else what
    if not record and not opening.value:
        return "JSON without content."
    keys = ", ".join(sorted(str(key)[:30] for key in list(record)[:6]))
    held = f" (it holds {keys})" if keys else ""
    if opening.torn or opening.cut:
        return f"Damaged JSON of no known format{held}."
    return f"JSON without a conversation{held}."


def _unread_names(source: SourceFile) -> str:
    """The reason for an index of names; one that is too large is not read for any rollout."""
    if source.size <= LARGEST:
        return _NAMES
    return (
        f"Names of Codex's sessions, of which none was read: {source.size:,} bytes is more than "
        f"the limit for such a file ({LARGEST:,}). Leave only its last lines in a copy of the "
        "folder, then import that."
    )


def _later(what: str) -> str:
    return f"{what}, which this version does not read yet. None of its bytes are kept in the store."


def _document_kinds(opening: Opening) -> tuple[tuple[bool, str], ...]:
    keys = opening.keys
    return (
        (
            "workspace" in keys and "agent" in keys and "id" in keys,
            "An OpenHands conversation's settings: what was said and done is in the events beside.",
        ),
        (
            keys.keys() >= _KIRO_FACTS,
            "The facts of a session of Kiro CLI: they go to the lines beside them.",
        ),
        (
            "workspacePaths" in keys and "modelId" in keys,
            "The facts of a session of Kiro: they go to the events beside them.",
        ),
        (
            keys.keys() in ({"folder"}, {"workspace"}),
            "The folder of a workspace of an editor: it goes to the chats beside it.",
        ),
        (
            {"tokenUsage", "autonomyMode"} <= keys.keys(),
            "The settings of a session of Droid: its model and tokens go to the session beside it.",
        ),
        (
            {"info", "session_summary"} <= keys.keys(),
            "The summary of a session of Grok Build: it goes to the session beside it.",
        ),
        (
            {"agents", "isCustomTitle"} <= keys.keys()
            or {"title_generated", "wire_mtime"} <= keys.keys(),
            "The state of a session of Kimi: its title and folder go to the session itself.",
        ),
        (
            "ticks" in keys and "mode" in keys,
            "A tau2 simulation without text: only who spoke when.",
        ),
        ("tasks" in keys and "info" in keys, "A tau2 run's settings: it holds no conversation."),
        (
            "trial_name" in keys and "is_resolved" in keys,
            "A Terminal-Bench trial's results: they go to the console log beside them.",
        ),
    )


def _record_kinds(record: dict[str, object]) -> tuple[tuple[bool, str], ...]:
    return (
        ("messageId" in record and "sessionId" in record, "A prompt log: it holds no replies."),
        ("display" in record and "project" in record, "A prompt history: it holds no replies."),
        ("id" in record and "thread_name" in record, _NAMES),
        (record.get("type") == "thread.started", _later("A stream of codex exec")),
    )


def _text_reason(head: bytes) -> str:
    if is_labels(head):
        return "A labels file: its outcomes go to the traces beside it."
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        return f"Not a trace: byte {error.start:,} is neither UTF-8 text nor of a known format."
    if _is_table(head):
        return "Not a trace: a table (CSV)."
    if b"\x1b[" in head or any(mark.encode() in head for mark in "⏺⎿✦✻"):
        return "Console text in which no agent is recognised that this version reads."
    return "Not a trace: plain text."


def _is_table(head: bytes) -> bool:
    """Whether lines have cells: several lines, all with the same number of the same separator.

    Prose has commas, too, but hardly as many on each line, and a blank before the next word.
    """
    lines = head.rstrip().split(b"\n", _TABLE_LINES)[:_TABLE_LINES]
    for separator in (b",", b";", b"\t"):
        counts = {_QUOTED.sub(b"", line).count(separator) for line in lines}
        spaced = sum(line.count(separator + b" ") for line in lines)
        cells = sum(line.count(separator) for line in lines)
        if len(lines) > 1 and len(counts) == 1 and counts != {0} and spaced * 2 < cells:
            return True
    return False
