"""An episode as Markdown: its messages quoted as they are, calls and results as code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hpm_engine.export import document
from hpm_engine.export.document import EpisodeDocument
from hpm_engine.export.harmless_markdown import fenced, harmless
from hpm_engine.values.episodes import Part, PartKind

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$-])")


def markdown(source: EpisodeDocument) -> Iterator[str]:
    """The document in pieces."""
    yield f"# {escaped(document.title(source.detail))}\n\n"
    for name, value in document.facts(source.detail, source.left_out):
        yield f"- **{name}**: {escaped(value)}\n"
    for note in source.notes_on(None):
        yield "\n" + _note(document.note_head(note), note.text)
    for step in source.steps:
        yield f"\n## {escaped(document.step_head(step))}\n"
        for note in source.notes_on(step.seq):
            yield "\n" + _note(document.note_head(note), note.text)
        yield "".join(f"\n{_part(part)}" for part in step.parts)


def escaped(text: str) -> str:
    """Plain text on one line of Markdown, shown as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def _part(part: Part) -> str:
    text = document.lines(part.text)
    if part.kind is PartKind.MESSAGE:
        head = f"**{escaped(document.line(part.name))}**:\n\n" if part.name else ""
        return head + quoted(harmless(text))
    head = f"**{escaped(document.part_head(part.kind, part.name, failed=part.is_error))}**\n\n"
    if part.kind is PartKind.REASONING:
        return head + quoted(harmless(text))
    if part.kind is PartKind.CALL:
        return head + fenced(*call_text(text))
    return head + fenced(text)


def call_text(text: str) -> tuple[str, str]:
    """The arguments of a call, laid out where they are JSON, and their language."""
    try:
        laid_out = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text, ""
    return document.lines(laid_out), "json"  # JSON may have spelled what nobody sees as escapes


def quoted(text: str) -> str:
    """A block quote: nothing in it can pass for a part of the document."""
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


def _note(head: str, text: str) -> str:
    return f"**{escaped(head)}**\n\n" + quoted(harmless(document.lines(text)))
