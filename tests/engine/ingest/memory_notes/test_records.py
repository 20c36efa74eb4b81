"""Memories in JSON: knowledge graphs, Engram's chunks, what Claude.ai remembers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hpm_engine.ingest.memory_notes.kinds import note_reader
from hpm_engine.ingest.memory_notes.sections import sections
from hpm_engine.values.memory_notes import MemoryNoteDraft, NoteAuthor
from tests.support.files.agent_files import json_lines
from tests.support.files.trace_sources import memory_source

GRAPH: list[dict[str, Any]] = [
    {"type": "entity", "name": "kiln", "entityType": "tool", "observations": ["hot", "a\nb"]},
    {"name": "glaze", "entityType": None, "observations": None},
    {"name": "clay", "entityType": "x", "observations": [{"text": "wet", "timestamp": 1.5}, 7]},
    {"type": "relation", "from": "kiln", "to": "glaze", "relationType": "fires"},
    {"name": "kiln", "entityType": "tool", "observations": ["hot", "old"]},
    {"odd": True},
]
CHUNK: dict[str, Any] = {
    "sessions": [{"id": "s1", "project": "kiln", "directory": "/r/kiln"}],
    "observations": [
        {
            "id": 1,
            "session_id": "s1",
            "type": "decision",
            "title": "Heat",
            "content": "Slowly.",
            "created_at": "2026-05-04 08:00:00",
        },
        {"id": 2, "session_id": "manual-save", "title": None, "content": "Blue.", "project": "k"},
        {"id": 3, "session_id": "s1", "content": "Gone", "deleted_at": "2026-05-05 08:00:00"},
    ],
    "prompts": [{"id": 1, "content": "Go"}],
}


def notes(data: bytes, name: str = "/m/file") -> list[MemoryNoteDraft]:
    source = memory_source(data, name)
    reader = note_reader(source)
    assert reader is not None
    return list(reader.notes(source))


def test_an_entity_is_a_note_with_its_observations_and_relations() -> None:
    kiln, glaze, clay = notes(json_lines(GRAPH), "/m/memory.jsonl")
    assert kiln.text == "# kiln\n\n- hot\n- a\n  b\n- old\n\n- fires [[glaze]]"
    assert (kiln.type, kiln.links, kiln.key) == ("tool", ("[[glaze]]",), "/m/memory.jsonl#kiln")
    assert glaze.text == "# glaze\n"
    assert (clay.text, clay.changed_at) == ("# clay\n\n- wet", 1_500_000)


@pytest.mark.parametrize("form", ["BOM", "CRLF", "cut", "damaged"])
def test_a_graph_with_damage_loses_only_what_is_damaged(form: str) -> None:
    data = json_lines(GRAPH)
    data = {
        "BOM": b"\xef\xbb\xbf" + data,
        "CRLF": data.replace(b"\n", b"\r\n"),
        "cut": data[:-3],
        "damaged": data + b'{"name": "x", "entityTy',
    }[form]
    assert [note.name for note in notes(data)] == ["kiln", "glaze", "clay"]


def test_observations_of_engram_are_notes_and_its_prompts_are_not() -> None:
    heat, blue, gone = notes(json.dumps(CHUNK).encode())
    assert (heat.key, heat.scope, heat.sessions) == ("1 s1 2026-05-04 08:00:00", "/r/kiln", ("s1",))
    assert heat.text == "# Heat\n\nSlowly."
    assert heat.changed_at == 1_777_881_600_000_000
    assert (blue.text, blue.scope, blue.sessions) == ("Blue.", "k", ())
    assert gone.gone_at is not None
    source = memory_source(json.dumps(CHUNK).encode())
    reader = note_reader(source)
    assert reader is not None
    list(reader.notes(source))
    sums = source.account.sums()
    assert (sums.read, dict(sums.passed_over)) == (
        3,
        {"a session that notes name": 1, "a prompt that its session has": 1},
    )
    assert notes(json.dumps(dict.fromkeys(CHUNK)).encode()) == []


def test_what_claude_ai_remembers_is_a_note_for_each_project() -> None:
    value = [
        {
            "account_uuid": "a",
            "conversations_memory": "Short answers.",
            "project_memories": {"p": "Twelve columns.", "q": None},
        }
    ]
    everywhere, project = notes(json.dumps(value).encode())
    assert (everywhere.text, everywhere.scope) == ("Short answers.", "")
    assert (project.text, project.scope) == ("Twelve columns.", "p")


PROJECT = {
    "uuid": "p",
    "name": "Tides",
    "description": "",
    "prompt_template": "Answer in short.",
    "created_at": "2026-05-01T00:00:00Z",
    "docs": [{"uuid": "d", "filename": "limits.md", "content": "Twelve columns."}],
}


def test_what_a_person_gave_a_project_of_claude_ai_is_the_persons() -> None:
    instructions, document = notes(json.dumps([PROJECT]).encode())
    assert (instructions.text, instructions.title) == ("Answer in short.", "Instructions of Tides")
    assert (document.text, document.title) == ("Twelve columns.", "limits.md of Tides")
    assert (instructions.type, document.type) == ("instructions", "document")
    for note in (instructions, document):
        assert (note.author, note.scope) == (NoteAuthor.PERSON, "p")
        assert note.changed_at == 1_777_593_600_000_000
    assert instructions.key != document.key


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [
        ("prompt_template", "", 1),
        ("prompt_template", 7, 1),
        ("docs", None, 1),
        ("docs", "x", 1),
        ("docs", [None, 3, {}, {"content": " "}], 1),
        ("docs", [{"content": "Alone."}], 2),
        ("name", None, 2),
        ("uuid", [], 2),
    ],
)
def test_a_damaged_project_loses_only_what_is_damaged(
    field: str, value: object, count: int
) -> None:
    assert len(notes(json.dumps([PROJECT | {field: value}]).encode())) == count


def test_fields_become_parts_of_one_text() -> None:
    parts = [("", "Body"), ("Facts", '["a", "b"]'), ("None", None), ("Empty", "[]"), ("Files", [])]
    assert sections("Title", parts) == "# Title\n\nBody\n\n## Facts\n\n- a\n- b"
    assert sections("", [("", "[not a list")]) == "[not a list"
