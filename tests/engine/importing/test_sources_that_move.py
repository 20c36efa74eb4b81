"""Sessions whose bytes change place: rewritten, regrouped, recognised later, cut while read."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from hpm_engine import AuditFilter, Changed, EpisodeQuery, FileStatus, Job, Memory, open_memory
from hpm_engine.ingest.sources import archives
from hpm_engine.job import Progress
from hpm_engine.store.file.database import Database
from hpm_engine.store.sources import NewSource, Sources, pack_chunks
from hpm_engine.values.reports import SourceState

BOOKKEEPING = b'{"type":"file-history-snapshot","messageId":"x","snapshot":{}}\n'


def line(name: str, number: int, kind: str, content: object, **more: object) -> bytes:
    record = {
        "type": kind,
        "sessionId": name,
        "uuid": f"{name}-{number}",
        "cwd": "/home/dev/shop",
        "timestamp": f"2026-03-01T10:{number // 60:02}:{number % 60:02}.000Z",
        "message": {"id": f"{name}-m{number}", "content": content},
        **more,
    }
    return json.dumps(record).encode() + b"\n"


def prompts(name: str, count: int) -> list[bytes]:
    return [line(name, number, "user", f"Wish {number} of {name}") for number in range(count)]


def record(name: str, text: str) -> bytes:
    messages = [{"role": "user", "content": f"Do {name}"}, {"role": "assistant", "content": text}]
    return json.dumps({"session_id": name, "messages": messages}).encode() + b"\n"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def only(memory: Memory) -> int:
    (episode_id,) = memory.episodes.find(EpisodeQuery()).window(0, 10)
    return episode_id


def records_of(memory: Memory, episode_id: int) -> list[bytes]:
    return [
        memory.originals.step(episode_id, step.seq) for step in memory.steps.outline(episode_id)
    ]


def test_a_rewritten_file_gives_each_step_its_record_where_it_lies_now(
    memory: Memory, tmp_path: Path
) -> None:
    path, lines = tmp_path / "s.jsonl", prompts("s", 4)
    path.write_bytes(b"".join(lines))
    memory.import_paths([path])
    path.write_bytes(BOOKKEEPING + lines[0] + lines[1] + BOOKKEEPING + b"".join(lines[2:]))
    memory.import_paths([path])
    assert records_of(memory, only(memory)) == [line.rstrip(b"\n") for line in lines]


def test_a_source_that_alone_changed_is_in_the_log_too(memory: Memory, tmp_path: Path) -> None:
    path, lines = tmp_path / "s.jsonl", prompts("s", 2)
    path.write_bytes(b"".join(lines))
    memory.import_paths([path])
    path.write_bytes(BOOKKEEPING + b"".join(lines))
    report = memory.import_paths([path])
    digest = sha256(path.read_bytes()).hexdigest()
    assert report.files[0].status is FileStatus.UNCHANGED
    assert report.changed == Changed.EPISODES | Changed.AUDIT
    (row,) = memory.audit.page(AuditFilter(action="keep"))
    assert (row.subject, row.after) == (f"source:{digest}", digest)
    assert memory.episodes.detail(only(memory)).source_sha256 == digest


def test_a_file_that_grows_by_whole_sessions_is_kept_once(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(record("one", "done") + record("two", "done"))
    memory.import_paths([path])
    path.write_bytes(path.read_bytes() + record("three", "done"))
    assert memory.import_paths([path]).episodes_added == 1
    assert memory.figures.stats().sources == 1
    for episode_id in memory.episodes.find(EpisodeQuery()).window(0, 10):
        assert b"".join(memory.originals.whole(episode_id)) == path.read_bytes()
        assert all(json.loads(data) for data in records_of(memory, episode_id))


def test_a_file_once_set_aside_is_imported_when_it_is_understood(tmp_path: Path) -> None:
    data, store = b"".join(prompts("s", 2)), tmp_path / "a.hpm"
    open_memory(store, create=True).close()
    database = Database(store, read_only=False, create=False)
    with database.writing():
        digest = sha256(data).hexdigest()
        aside = NewSource("s", "", digest, len(data), SourceState.ASIDE, "Not a trace.")
        Sources(database).add(aside, pack_chunks([data]))
    database.close()
    path = tmp_path / "s.jsonl"
    path.write_bytes(data)
    with open_memory(store) as memory:
        assert memory.import_paths([path]).files[0].status is FileStatus.ADDED
        assert (memory.figures.stats().set_aside, memory.figures.stats().sources) == (0, 1)
        assert b"".join(memory.originals.whole(only(memory))) == data


def test_a_prompt_is_still_found_after_its_step_was_written_anew(
    memory: Memory, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    call = [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}]
    lines = [
        line("s", 0, "user", "Fix it"),
        line("s", 1, "assistant", call),
        line("s", 2, "user", "<system-reminder>Mind the marigolds</system-reminder>", isMeta=True),
    ]
    path.write_bytes(b"".join(lines))
    memory.import_paths([path])
    assert memory.steps.matching(only(memory), "marigolds") == [2]
    result = [{"type": "tool_result", "tool_use_id": "t", "content": "fine"}]
    path.write_bytes(b"".join(lines) + line("s", 3, "user", result))
    memory.import_paths([path])
    assert memory.steps.matching(only(memory), "marigolds") == [2]


def test_a_large_file_rewritten_while_it_is_read_is_reported_and_undone(
    memory: Memory, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    lines = [line("s", number, "user", f"{number} " * 60_000) for number in range(80)]
    path.write_bytes(b"".join(lines))

    def rewrite(progress: Progress) -> None:
        if progress.unit == "steps":
            data = bytearray(path.read_bytes())
            data[-200] ^= 1
            path.write_bytes(data)

    (file,) = memory.import_paths([path], job=Job(rewrite, interval=60)).files
    assert file.status is not FileStatus.FAILED  # the only look came before the steps
    path.write_bytes(path.read_bytes() + line("s", 81, "user", "more"))
    (file,) = memory.import_paths([path], job=Job(rewrite, interval=0)).files
    assert file.status is FileStatus.FAILED
    assert "rewritten while" in file.reason
    assert memory.episodes.detail(only(memory)).episode.steps == 80


def test_an_archive_cut_inside_a_large_member_stops_no_other_file(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "IN_MEMORY", 1000)
    packed, data = BytesIO(), b"".join(prompts("cut", 500))
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        info = tarfile.TarInfo("cut.jsonl")
        info.size = len(data)
        tar.addfile(info, BytesIO(data))
    (tmp_path / "a.tar.gz").write_bytes(packed.getvalue()[: len(packed.getvalue()) // 2])
    (tmp_path / "b.jsonl").write_bytes(b"".join(prompts("good", 2)))
    files = memory.import_paths([tmp_path / "a.tar.gz", tmp_path / "b.jsonl"]).files
    assert all("damaged or cut" in file.reason for file in files[:-1])
    assert [file.status for file in files[-2:]] == [FileStatus.FAILED, FileStatus.ADDED]


def test_a_copy_of_what_a_file_was_before_it_grew_in_the_same_run_is_nothing_new(
    memory: Memory, tmp_path: Path
) -> None:
    lines = prompts("s", 4)
    (tmp_path / "b.jsonl").write_bytes(b"".join(lines[:2]))
    memory.import_paths([tmp_path / "b.jsonl"])
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    files = memory.import_paths([tmp_path / "a.jsonl", tmp_path / "b.jsonl"]).files
    assert [file.status for file in files] == [FileStatus.EXTENDED, FileStatus.UNCHANGED]
    assert records_of(memory, only(memory)) == [line.rstrip(b"\n") for line in lines]


@pytest.mark.parametrize("size", [0, 9 * 1024 * 1024])
def test_a_file_that_is_gone_before_it_is_read_is_reported(
    memory: Memory, tmp_path: Path, size: int
) -> None:
    gone, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    gone.write_bytes(BOOKKEEPING * (1 + size // len(BOOKKEEPING)))
    other.write_bytes(b"".join(prompts("s", 2)))

    def remove(progress: Progress) -> None:
        gone.unlink(missing_ok=True)

    files = memory.import_paths([gone, other], job=Job(remove, interval=0)).files
    assert files[0].status in (FileStatus.FAILED, FileStatus.ASIDE)
    assert files[1].status is FileStatus.ADDED
