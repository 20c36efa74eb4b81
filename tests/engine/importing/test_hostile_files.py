"""Files made to stop an import, or to keep it busy for ever: they cost themselves at most."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, FileStatus, open_memory
from hpm_engine.ingest.chat.records import ChatRecordsReader
from tests.support.cases import CASES

CASE = CASES / "60-attack"
GOOD = [{"role": "user", "content": "Mend the gate"}, {"role": "assistant", "content": "Mended."}]


def folder_of_good_files(tmp_path: Path, *others: Path) -> Path:
    folder = tmp_path / "traces"
    folder.mkdir()
    for number in range(10):
        said = [{"role": "user", "content": f"Mend gate {number}"}, GOOD[1]]
        (folder / f"{number}.json").write_text(json.dumps(said))
    for other in others:
        (folder / f"5-{other.name}").write_bytes(other.read_bytes())
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "unhashable_type.json",
        "cc_command_name.jsonl",
        "chat_execute.json",
        "chat_function.json",
        "mini_newlines.json",
    ],
)
def test_the_files_beside_are_imported(tmp_path: Path, name: str) -> None:
    folder = folder_of_good_files(tmp_path, CASE / name)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([folder])
        assert len(report.with_status(FileStatus.ADDED)) >= 10
        assert len(memory.episodes.find(EpisodeQuery(text='"Mend gate"'))) == 10


def test_what_a_reader_did_not_expect_fails_that_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ChatRecordsReader.read

    def surprised(self: ChatRecordsReader, source: object) -> object:
        if "unhashable" in source.name:  # type: ignore[attr-defined]
            raise ZeroDivisionError("nobody thought of it")
        return read(self, source)  # type: ignore[arg-type]

    monkeypatch.setattr(ChatRecordsReader, "read", surprised)
    folder = folder_of_good_files(tmp_path, CASE / "unhashable_type.json")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([folder])
        [failed] = report.with_status(FileStatus.FAILED)
        assert "ZeroDivisionError" in failed.reason
        assert "5-unhashable_type.json" in failed.reason
        assert len(report.with_status(FileStatus.ADDED)) == 10
        assert memory.figures.health(check=True).problems == ()
