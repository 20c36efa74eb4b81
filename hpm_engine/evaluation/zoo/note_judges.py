"""The judges of units that hold notes of a memory: what the store tells of them is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from hpm_engine.evaluation.zoo.comparison import Difference
from hpm_engine.evaluation.zoo.units import ZooUnit
from hpm_engine.ingest.memory_notes.front_matter import read_markdown
from hpm_engine.memory import Memory
from hpm_engine.query.tokens import quote
from hpm_engine.values.memory_notes import MemoryNote, MemoryNoteDetail, MemoryNoteQuery

_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_OBSERVATION = re.compile(r"^[ \t]{0,8}[-*] \[(?![xX /-]\])[^\]\n]{1,40}\] \S", re.MULTILINE)
_RELATION = re.compile(r"^[-*] [^\[\]\n]{0,100}\[\[[^\[\]\n]{1,300}\]\]", re.MULTILINE)
_WIKI = re.compile(r"\[\[[^\[\]\n]{1,300}\]\]")
_LINK = re.compile(r"\]\([^()\n]{0,1000}\.md\b[^()\n]{0,200}\)")  # to another note
_ITEM = re.compile(r"^- ", re.MULTILINE)


class ToldNote(msgspec.Struct, frozen=True):
    """A note as the store tells of it, with all its wordings."""

    detail: MemoryNoteDetail
    texts: tuple[str, ...]

    @property
    def note(self) -> MemoryNote:
        """The note without its text."""
        return self.detail.note

    @property
    def text(self) -> str:
        """Its latest wording."""
        return self.detail.text

    @property
    def type(self) -> str:
        """Its kind, as its memory calls it."""
        return self.note.type


Told = list[ToldNote]
Count = Callable[[Told], Any]


def note_differences(memory: Memory, unit: ZooUnit) -> Iterator[Difference]:
    """What the notes of a unit differ in from what is known of them."""
    told = [_told(memory, note) for note in memory.memory_notes.find()]
    counts = COUNTS[unit.kind]
    for name, expected in unit.facts.items():
        if name in counts and (got := counts[name](told)) != expected:
            yield Difference(name, str(expected), str(got))
    needle = unit.facts.get("needle")
    if needle and not memory.memory_notes.find(MemoryNoteQuery(text=quote(f"{needle}*"))):
        yield Difference("needle", needle, "not found")
    hidden = unit.facts.get("must_not_show")
    if hidden and any(hidden in text for note in told for text in (note.note.title, *note.texts)):
        yield Difference("must not show", "nothing", hidden)


def _told(memory: Memory, note: MemoryNote) -> ToldNote:
    versions = memory.memory_notes.versions(note.id)
    return ToldNote(memory.memory_notes.detail(note.id), tuple(each.text for each in versions))


def _in_all(pattern: re.Pattern[str]) -> Callable[[Told], int]:
    def count(told: Told) -> int:
        return sum(len(pattern.findall(note.text)) for note in told)

    return count


def _named(name: str) -> Count:
    return lambda told: sum(note.note.name == name for note in told)


def _types(told: Told) -> dict[str, int]:
    return dict(Counter(note.type for note in told if note.type and not _is_index(note)))


def _is_index(note: ToldNote) -> bool:
    return note.note.name in ("MEMORY", "index", "log")


def _live(told: Told) -> int:
    return sum(note.note.gone_at is None for note in told)


def _inline_links(told: Told) -> int:
    return _in_all(_WIKI)(told) - _in_all(_RELATION)(told)


_GRAPH: dict[str, Count] = {
    "entities": len,
    "distinct_entity_names": lambda told: len({note.note.name for note in told}),
    "relations": lambda told: sum(len(note.detail.links) for note in told),
    "observations": lambda told: _in_all(_ITEM)(told) - _GRAPH["relations"](told),
}
# By kind: what is counted, by the names that the zoo expects it under. How many sessions and
# prompts stand beside the notes is no fact of notes: those are read where they were said.
COUNTS: Mapping[str, Mapping[str, Count]] = MappingProxyType(
    {
        "basic-memory": {
            "notes": len,
            "observations": _in_all(_OBSERVATION),
            "relations": _in_all(_RELATION),
            "inline_links": _inline_links,
            "without_front_matter": lambda told: sum(
                not read_markdown(note.text).has_front for note in told
            ),
        },
        "claude-ai-export": {
            "conversations_memory": lambda told: sum(note.type == "user" for note in told),
            "project_memories": lambda told: sum(note.type == "project" for note in told),
        },
        "claude-code-memory": {
            "index_files": _named("MEMORY"),
            "notes": lambda told: sum(not _is_index(note) for note in told),
            "types": _types,
            "dangling_links": lambda told: sum(
                link.note_id is None for note in told for link in note.detail.links
            ),
            "bytes": lambda told: sum(len(note.text.encode()) for note in told),
            "headings": _in_all(_HEADING),
        },
        "claude-mem": {
            "observations": lambda told: sum(note.type != "summary" for note in told),
            "summaries": lambda told: sum(note.type == "summary" for note in told),
            "sdk_sessions": lambda told: len({s.key for n in told for s in n.detail.sessions}),
            "without_title": lambda told: sum(not note.note.title for note in told),
        },
        "codex-memories": {
            "files": len,
            "stage1_rows": len,
            "rollout_links": lambda told: sum(
                len(note.detail.sessions) for note in told if note.note.name == "MEMORY"
            ),
        },
        "engram": {
            "live": _live,
            "types": _types,
        },
        "hermes-memory": {
            "entries": lambda told: sum(len(re.split(r"(?m)^§\s*$", n.text)) for n in told),
        },
        "letta-memfs": {"files": len},
        "mcp-memory-jsonl": _GRAPH,
        "mcp-memory-service": {"live": _live},
        "mem0": {"live": _live, "updates": lambda told: sum(len(n.texts) - 1 for n in told)},
        "okf": {
            "concepts": lambda told: sum(bool(n.type) and not _is_index(n) for n in told),
            "index_files": _named("index"),
            "log_files": _named("log"),
            "without_type": lambda told: sum(not n.type and not _is_index(n) for n in told),
            "markdown_links": _in_all(_LINK),
            "types": _types,
        },
    }
)
