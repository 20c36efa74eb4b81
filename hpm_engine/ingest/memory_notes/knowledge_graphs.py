"""Knowledge graphs of MCP memory servers: JSON lines of entities and of their relations."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.memory_notes import MemoryNoteDraft

_WHAT = "a record of a knowledge graph"


class GraphRecord(msgspec.Struct):
    """An entity with its observations, or a relation between two."""

    name: object = None
    entityType: object = None  # noqa: N815  # as the file has it
    observations: object = None
    from_: object = msgspec.field(default=None, name="from")
    to: object = None
    relationType: object = None  # noqa: N815


_RECORD = TypedDecoder(GraphRecord)


class KnowledgeGraphReader(NoteReader):
    """The file of an MCP memory server: a note for each entity, an item for each observation.

    The file is written anew with each change; an entity's name is its identity.
    """

    format = "mcp-memory-jsonl"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a record is an entity or a relation."""
        return any(
            {"name", "entityType", "observations"} <= record.keys()
            or {"from", "to", "relationType"} <= record.keys()
            for record in source.records
        )

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The entities in the order of their first lines; one met again has all observations."""
        entities: dict[str, tuple[str, dict[str, int | None]]] = {}
        relations: dict[str, list[tuple[str, str]]] = {}
        for located in typed_records(source, _RECORD, _WHAT):
            record = located.record
            if isinstance(record.name, str) and record.from_ is None:
                kind = record.entityType if isinstance(record.entityType, str) else ""
                known = entities.setdefault(record.name, (kind, {}))[1]
                for text, at in _observations(record):
                    known.setdefault(text, at)
            elif isinstance(record.from_, str) and isinstance(record.to, str):
                kind = record.relationType if isinstance(record.relationType, str) else ""
                relations.setdefault(record.from_, []).append((kind, record.to))
            else:
                source.account.miss_record(_WHAT)
        for name in relations:
            entities.setdefault(name, ("", {}))
        for name, (kind, observations) in entities.items():
            yield _note(source, name, kind, observations, relations.get(name, []))


def _note(
    source: SourceFile,
    name: str,
    kind: str,
    observations: dict[str, int | None],
    relations: list[tuple[str, str]],
) -> MemoryNoteDraft:
    lines = ["- " + text.replace("\n", "\n  ") for text in observations]
    linked = [f"- {kind} [[{to}]]".replace("-  ", "- ") for kind, to in relations]
    times = [at for at in observations.values() if at is not None]
    return MemoryNoteDraft(
        store=KnowledgeGraphReader.format,
        key=f"{source.name}#{name}",
        text="\n".join([f"# {name}", "", *lines, *([""] if lines and linked else []), *linked]),
        agent="",
        name=name,
        title=name,
        type=kind,
        created_at=min(times, default=None),
        changed_at=max(times, default=source.modified_at),
        links=tuple(dict.fromkeys(f"[[{to}]]" for _, to in relations)),
    )


def _observations(record: GraphRecord) -> Iterator[tuple[str, int | None]]:
    """The texts of an entity, with their times where they have any."""
    listed = record.observations if isinstance(record.observations, list) else []
    for each in listed:
        if isinstance(each, str):
            yield each, None
        elif isinstance(each, dict) and isinstance(each.get("text"), str):
            yield each["text"], micros(each.get("timestamp"))
