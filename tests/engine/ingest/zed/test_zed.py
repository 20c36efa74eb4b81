from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag
from tests.support.files.agent_databases import ZED_TABLES, made, sessions, zed, zed_document
from tests.support.files.trace_sources import read_all, shown


def test_a_packed_thread(tmp_path: Path) -> None:
    episode, steps = sessions(zed(tmp_path / "threads.db"))["z1"]
    assert shown(steps) == [
        [("message", "Boats sink.")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", "no right"),
        ],
        [("message", "Done.")],
    ]
    assert [step.flags for step in steps] == [
        *(StepFlag.INJECTED, StepFlag.NONE, StepFlag.ERROR, StepFlag.NONE)
    ]
    assert (episode.title, episode.model) == ("Ferry repair", "north-3")
    assert episode.cwd == "/home/mira/ferry app", "the folder that was opened first"
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355900_000000)
    assert (episode.tokens_in, episode.tokens_out) == (42, 3)
    assert [step.at for step in steps] == [None] * 4


def test_an_older_document_and_a_subagents_thread(tmp_path: Path) -> None:
    read = sessions(zed(tmp_path / "threads.db"))
    assert shown(read["z2"][1]) == [
        [("message", "You help.")],
        [("message", "Go")],
        [
            ("reasoning", "Hm."),
            ("message", "Gone"),
            ("call", '{"path": "/"}'),
            ("result", "a.py"),
        ],
    ]
    assert read["z2"][1][0].flags == StepFlag.INJECTED
    assert (read["z3"][0].parent_key, read["z1"][0].parent_key) == ("z1", "")


@pytest.mark.parametrize(
    ("data_type", "data"),
    [
        ("zstd", b"(\xb5/\xfdnot a frame"),
        ("zstd", b"plain"),
        ("json", b"{"),
        ("json", b"[" * 100_000),
        ("brotli", b"\x0b\x02"),
        ("json", b""),
    ],
)
def test_a_document_that_does_not_open_costs_its_thread_alone(
    tmp_path: Path, data_type: str, data: bytes
) -> None:
    rows = [
        {"id": "z1", "summary": "", "updated_at": "", "data_type": data_type, "data": data},
        {
            "id": "z2",
            "summary": "",
            "updated_at": "",
            "data_type": "json",
            "data": json.dumps(zed_document()),
        },
    ]
    damaged, whole = walk([made(tmp_path / "threads.db", ZED_TABLES, threads=rows)])
    assert isinstance(damaged, SourceFile) and isinstance(whole, SourceFile)
    with pytest.raises(NothingToImport, match=r"z1\.jsonl: the thread's document is damaged"):
        read_all(damaged)
    ((episode, steps),) = read_all(whole)
    assert (episode.key, episode.title, len(steps)) == ("z2", "Ferry repair", 4)


def test_a_prompt_that_is_only_a_mention_is_its_name(tmp_path: Path) -> None:
    mention = {"Mention": {"uri": {"File": "/a.md"}, "content": "Boats."}}
    value = {"messages": [{"User": {"content": [mention]}}]}
    row = {"id": "z", "summary": "", "updated_at": "", "data_type": "json"}
    path = made(tmp_path / "threads.db", ZED_TABLES, threads=[{**row, "data": json.dumps(value)}])
    _, steps = sessions(path)["z"]
    assert shown(steps) == [[("message", "Boats.")], [("message", '@{"File": "/a.md"}')]]
