from __future__ import annotations

import gzip
import json
import tarfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from hpm_engine import Changed, EpisodeQuery, FileStatus, Job, Memory, Outcome, open_memory
from hpm_engine.errors import Cancelled, CannotWrite
from hpm_engine.job import Progress


def session(name: str, turns: int) -> bytes:
    """A Claude Code session: a prompt, then calls with their results."""
    lines = []

    def line(number: int, kind: str, message: dict[str, object]) -> None:
        record = {
            "type": kind,
            "sessionId": name,
            "uuid": f"{name}-{number}",
            "parentUuid": None,
            "cwd": "/home/dev/shop",
            "timestamp": f"2026-03-01T10:{number // 60:02}:{number % 60:02}.000Z",
            "message": message,
        }
        lines.append(json.dumps(record) + "\n")

    line(0, "user", {"role": "user", "content": f"Fix the basket in {name}"})
    for turn in range(1, turns + 1):
        call = {"type": "tool_use", "id": f"{name}-t{turn}", "name": "Bash", "input": {"n": turn}}
        line(2 * turn - 1, "assistant", {"id": f"{name}-m{turn}", "content": [call]})
        result = {
            "type": "tool_result",
            "tool_use_id": f"{name}-t{turn}",
            "content": f"output number {turn} of {name}",
        }
        line(2 * turn, "user", {"role": "user", "content": [result]})
    return "".join(lines).encode()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def bring(memory: Memory, *paths: Path) -> dict[str, FileStatus]:
    report = memory.import_paths(list(paths))
    return {Path(file.path.replace("!", "")).name: file.status for file in report.files}


def fingerprint(memory: Memory) -> list[tuple[object, ...]]:
    """All that an import leaves, without ids and times of import."""
    results = memory.episodes.find(EpisodeQuery())
    return sorted(
        (
            episode.key,
            memory.episodes.detail(episode.id).digest,
            memory.episodes.detail(episode.id).source_sha256,
            sha256(b"".join(memory.originals.whole(episode.id))).hexdigest(),
            tuple(memory.steps.read(episode.id)[s].parts for s in range(episode.steps)),
            tuple(memory.originals.step(episode.id, s) for s in range(episode.steps)),
            tuple(memory.steps.matching(episode.id, "output")),
        )
        for episode in memory.episodes.get(results.window(0, len(results)))
    )


def test_a_file_is_imported_once_and_its_bytes_come_back(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(session("s", 5))
    report = memory.import_paths([path])
    assert (report.episodes_added, report.steps_added) == (1, 6)
    assert report.changed & Changed.EPISODES
    assert b"".join(memory.originals.whole(1)) == path.read_bytes()
    assert json.loads(memory.originals.step(1, 0))["message"]["content"] == "Fix the basket in s"
    again = memory.import_paths([path])
    assert [file.status for file in again.files] == [FileStatus.UNCHANGED]
    assert again.changed is Changed.NOTHING
    assert [row.action for row in memory.audit.page()] == ["create", "import"]


def test_a_growing_file_adds_its_tail_and_ends_as_if_imported_at_once(tmp_path: Path) -> None:
    whole = session("s", 40)
    path = tmp_path / "s.jsonl"
    with open_memory(tmp_path / "grown.hpm", create=True) as grown:
        for length in (300, 2_000, 2_001, 9_000, len(whole) // 2, len(whole)):
            path.write_bytes(whole[:length])
            grown.import_paths([path])
        stats = grown.figures.stats()
        with open_memory(tmp_path / "once.hpm", create=True) as once:
            once.import_paths([path])
            assert fingerprint(grown) == fingerprint(once)
            assert once.figures.stats().steps == stats.steps
        assert (stats.sources, stats.raw_size) == (1, len(whole))
        assert grown.figures.health(check=True).problems == ()


def test_an_older_copy_of_a_session_changes_nothing(memory: Memory, tmp_path: Path) -> None:
    whole = session("s", 10)
    new, old = tmp_path / "new.jsonl", tmp_path / "old.jsonl"
    new.write_bytes(whole)
    old.write_bytes(b"".join(whole.splitlines(keepends=True)[:9]))
    bring(memory, new)
    before = fingerprint(memory)
    assert bring(memory, old) == {"old.jsonl": FileStatus.UNCHANGED}
    assert fingerprint(memory) == before and memory.figures.stats().sources == 1


def test_a_cut_last_line_waits_for_its_rest(memory: Memory, tmp_path: Path) -> None:
    whole = session("s", 3)
    path = tmp_path / "s.jsonl"
    path.write_bytes(whole[:-40])
    bring(memory, path)
    [episode] = memory.episodes.get([1])
    path.write_bytes(whole)
    assert bring(memory, path) == {"s.jsonl": FileStatus.EXTENDED}
    assert memory.steps.matching(1, '"output number 3"') == [3]
    assert memory.episodes.get([1])[0].steps == episode.steps


def test_archives_give_what_their_files_would(tmp_path: Path) -> None:
    files = {f"{n}.jsonl": session(f"s{n}", n + 1) for n in range(4)}
    folder = tmp_path / "folder"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "a.bin", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            (folder / name).write_bytes(data)
            archive.writestr(name, data)
    with tarfile.open(tmp_path / "b.bin", "w:xz") as tar:
        tar.add(folder, "x")
    (tmp_path / "c.bin").write_bytes(gzip.compress(files["0.jsonl"]))
    stores = []
    for source in (folder, tmp_path / "a.bin", tmp_path / "b.bin"):
        with open_memory(tmp_path / f"{source.name}.hpm", create=True) as memory:
            assert memory.import_paths([source]).episodes_added == 4
            stores.append(fingerprint(memory))
            assert set(bring(memory, tmp_path / "c.bin").values()) == {FileStatus.UNCHANGED}
    assert stores[0] == stores[1] == stores[2]


def test_one_bad_file_stops_nobody_and_what_is_no_trace_is_kept_aside(
    memory: Memory, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a-good.jsonl").write_bytes(session("good", 2))
    (folder / "b-broken.zip").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    (folder / "c-notes.txt").write_text("remember the milk")
    (folder / "d-good.jsonl").write_bytes(session("good2", 2))
    (folder / "e-deep.json").write_bytes(b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    report = memory.import_paths([folder, tmp_path / "missing"])
    assert report.episodes_added == 2
    bad = {Path(file.path).name: file for file in report.files if file.reason}
    assert {"b-broken.zip", "c-notes.txt", "e-deep.json", "missing"} <= set(bad)
    assert bad["c-notes.txt"].status is FileStatus.ASIDE
    assert all(len(file.reason) > 8 for file in bad.values())
    assert "c-notes.txt" in {Path(file.path).name for file in memory.sources.aside()}
    again = memory.import_paths([folder])
    assert again.changed is Changed.NOTHING


def test_a_labels_file_beside_the_traces_gives_their_outcomes(
    memory: Memory, tmp_path: Path
) -> None:
    for name in ("won", "lost", "unlabelled"):
        (tmp_path / f"{name}.jsonl").write_bytes(session(name, 1))
    (tmp_path / "labels.csv").write_text("instance_id,resolved\nwon,True\nlost,False\n")
    bring(memory, *sorted(tmp_path.glob("*.jsonl")))
    outcomes = {e.key: e.outcome for e in memory.episodes.get([1, 2, 3])}
    assert outcomes == {
        "won": Outcome.SUCCESS,
        "lost": Outcome.FAILURE,
        "unlabelled": Outcome.UNKNOWN,
    }


def test_cancelling_keeps_whole_batches_and_rerunning_goes_on(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.importing.importer._BATCH_SECONDS", 0.0)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.jsonl").write_bytes(session(f"s{number:02}", 3))
    acknowledged: list[str] = []
    job = Job(lambda progress: stop(progress), interval=0.0)

    def stop(progress: Progress) -> None:
        if len(acknowledged) == 10:
            job.cancel()

    with pytest.raises(Cancelled):
        memory.import_paths(
            [folder], job=job, acknowledge=lambda file: acknowledged.append(file.path)
        )
    assert 10 <= memory.figures.stats().episodes == len(acknowledged) < 30
    assert memory.figures.health(check=True).problems == ()
    assert memory.import_paths([folder]).episodes_added == 30 - len(acknowledged)


def test_every_import_has_its_row_in_the_log(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    whole = session("s", 4)
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:5]))
    bring(memory, path)
    path.write_bytes(whole)
    bring(memory, path)
    _created, first, second = memory.audit.page()
    assert (first.action, first.subject, first.before) == ("import", "episode:1", "")
    assert second.before == first.after != second.after == memory.episodes.detail(1).digest
    assert json.loads(second.detail)["source"] == sha256(whole).hexdigest()
    assert memory.audit.verify().broken_at is None


def test_wherever_the_disk_fills_up_the_store_is_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jsonl").write_bytes(session(f"s{number}", 40))
    failed = 0
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        pages = memory.internals.database.pragma("page_count")
        for spare in range(0, 60, 2):
            memory.internals.database.pragma(f"max_page_count = {pages + spare}")
            try:
                memory.import_paths([folder])
                break
            except CannotWrite:
                failed += 1
            memory.internals.database.pragma("max_page_count = 100000")
            assert (memory.figures.stats().episodes, memory.audit.count()) == (0, 1)
            assert memory.figures.health(check=True).problems == ()
        assert failed > 5 and memory.figures.stats().episodes == 6
        assert memory.episodes.find(EpisodeQuery(text='"output number 40"')).hits == 6
