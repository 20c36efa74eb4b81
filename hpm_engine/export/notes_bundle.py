"""Notes of agents' memories as a folder in the Open Knowledge Format, which other programs read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from hpm_engine.errors import CannotWrite
from hpm_engine.ingest.memory_notes.front_matter import read_markdown
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.system.private_files import owner_only
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.memory_notes import MemoryNote, NotesExported

_UNSAFE = re.compile(r"[^\w-]+")
_DESCRIBED = 160  # characters of a description
_LONGEST_NAME = 60
_TYPE = "Note"  # of a note whose memory gives it none


class NoteText(NamedTuple):
    """A note with its latest text."""

    note: MemoryNote
    text: str


def export_bundle(notes: Sequence[NoteText], folder: Path, audit: AuditLog) -> NotesExported:
    """Write notes below a new folder: a file a note, an index in each folder, and a log.

    The front matter of a note's own file is kept under ``front_matter``. The folder appears whole
    or not at all. Raises ``CannotWrite`` where there is something of that name already.
    """
    if folder.exists():
        raise CannotWrite(f"{folder}: there is something of that name already. Choose another.")
    try:
        scratch = unfinished(folder)
        scratch.mkdir(mode=0o700)
        try:
            files = dict(_files(notes))
            for name, text in files.items():
                path = scratch / name
                path.parent.mkdir(mode=0o700, exist_ok=True)
                with open(path, "w", encoding="utf-8", newline="", opener=owner_only) as file:
                    file.write(text)
            scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise CannotWrite(
            f"{folder}: the notes cannot be written there ({error.strerror or error}). "
            "Choose another folder."
        ) from error
    digest = sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0".encode() + sha256(text.encode()).digest())
    detail = {"notes": len(notes), "files": len(files), "format": "okf"}
    audit.append("export", "memory-notes", after=digest.hexdigest(), detail=detail)
    return NotesExported(len(notes), len(files), digest.hexdigest())


def _files(notes: Sequence[NoteText]) -> Iterator[tuple[str, str]]:
    stores: dict[str, list[tuple[str, NoteText]]] = {}
    for each in notes:
        name = _UNSAFE.sub("-", each.note.name).strip("-_")[:_LONGEST_NAME] or "note"
        stores.setdefault(each.note.store, []).append((f"{name}-{each.note.id}.md", each))
    lines = [f"- [{store}]({store}/index.md) — notes: {len(own)}" for store, own in stores.items()]
    yield "index.md", "\n".join(["# Notes", "", *lines, ""])
    for store, own in stores.items():
        lines = [f"- [{_plain(each.note.called)}]({name}) — {_about(each)}" for name, each in own]
        yield f"{store}/index.md", "\n".join([f"# {store}", "", *lines, ""])
        for name, each in own:
            yield f"{store}/{name}", _concept(each)
    day = datetime.now(UTC).date().isoformat()
    yield "log.md", f"# Log\n\n## {day}\n\n- **Export**: {len(notes)} notes of a store\n"


def _concept(each: NoteText) -> str:
    note = each.note
    text = each.text.removeprefix("\ufeff")
    markdown = read_markdown(text)
    fields: list[tuple[str, object]] = [
        ("type", note.type or _TYPE),
        ("title", note.called),
        ("description", _about(each)),
        ("tags", [note.store, note.author.value]),
    ]
    if note.changed_at is not None:
        moment = datetime.fromtimestamp(note.changed_at / 1_000_000, UTC)
        fields.append(("timestamp", moment.isoformat(timespec="seconds").replace("+00:00", "Z")))
    fields += [("agent", note.agent), ("author", note.author.value), ("scope", note.scope)]
    fields += [("source", note.path), ("gone", note.gone_at is not None)]
    lines = [f"{name}: {_json(value)}" for name, value in fields if value]
    if markdown.has_front:
        own = text[: len(text) - len(markdown.body)].strip().removeprefix("---").removesuffix("---")
        lines += ["front_matter: |", *(f"  {line}" for line in own.strip().splitlines())]
    return "\n".join(["---", *lines, "---", "", markdown.body.lstrip("\n")])


def _json(value: object) -> str:
    """A value as JSON, which YAML reads as well."""
    return msgspec.json.encode(value).decode()


def _about(each: NoteText) -> str:
    """The first line of a note that is no heading, in brief."""
    body = read_markdown(each.text).body
    lines = (line.strip().lstrip("-*> ") for line in body.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), each.note.called)
    return _plain(first)[:_DESCRIBED]


def _plain(text: str) -> str:
    """A text in one line without what would end a link."""
    return " ".join(text.replace("[", "(").replace("]", ")").split()) or "note"
