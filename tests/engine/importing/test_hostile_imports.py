"""Whatever one file does, it ends as a report, and the file beside it is imported."""

from __future__ import annotations

import gzip
import inspect
import json
import os
import sys
import tarfile
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, FileReport, FileStatus, open_memory
from hpm_engine.ingest.sources.walk import walk

GOOD = json.dumps(
    [{"role": "user", "content": "Fix the basket"}, {"role": "assistant", "content": "Done"}]
).encode()


def bring(folder: Path, *, keep: int = 1) -> tuple[FileReport, ...]:
    """Import a folder beside a good file; the reports of all but the good one."""
    good = folder.parent / "good.json"
    good.write_bytes(GOOD)
    with open_memory(folder.parent / "a.hpm", create=True) as memory:
        files = memory.import_paths([folder, good]).files
        assert files[-1].status is FileStatus.ADDED
        ids = memory.episodes.find(EpisodeQuery()).window(0, 100)
        for episode in memory.episodes.get(ids):
            assert len(memory.steps.read(episode.id)) == episode.steps
        memory.figures.stats()
        assert len(ids) == keep
    return files[:-1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "traces"
    path.mkdir()
    return path


@pytest.mark.parametrize("tokens", [2**63, 2**64, 10**30, -1, True, 2**62])
@pytest.mark.parametrize("cost", [1e308, 10**30, -5, float("nan")])
def test_absurd_amounts_are_no_amounts(folder: Path, tokens: int, cost: float) -> None:
    metrics = {"prompt_tokens": tokens, "completion_tokens": tokens, "cost_usd": cost}
    steps = [{"source": "user", "message": "Do it"}]
    steps += [{"source": "agent", "message": "On it", "metrics": metrics}] * 4
    trace = {"schema_version": "ATIF-v1.2", "session_id": "s1", "steps": steps}
    (folder / "a.json").write_text(json.dumps(trace))
    (file,) = bring(folder, keep=2)
    assert file.status is FileStatus.ADDED


def test_a_message_nested_beyond_reading_fails_alone(folder: Path) -> None:
    deep = "[" * 900 + "]" * 900
    first = '{"role":"user","content":"' + "x" * 70_000 + '"}'
    (folder / "a.json").write_text(f'[{first},{{"role":"user","content":{deep}}}]')
    (file,) = bring(folder)
    assert file.status is FileStatus.FAILED
    assert "nested too deeply" in file.reason


def test_folders_are_walked_however_deep(folder: Path) -> None:
    deepest = folder.joinpath(*"a" * 250)
    deepest.mkdir(parents=True)
    (deepest / "b.json").write_bytes(GOOD)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 200)  # deeper ones could not be removed again
    try:
        sources = list(walk([folder]))
    finally:
        sys.setrecursionlimit(before)
    assert [source.name for source in sources] == [str(deepest / "b.json")]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names of any bytes")
def test_a_name_that_is_no_text_is_shown_with_its_bytes_escaped(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/caf\xe9.json", "wb") as stream:
        stream.write(GOOD.replace(b"basket", b"cup"))
    data = GOOD.replace(b"basket", b"saucer")
    with tarfile.open(folder / "d.tar", "w") as tar:
        info = tarfile.TarInfo("th\udce9.json")
        info.size = len(data)
        tar.addfile(info, BytesIO(data))
    names = [file.path.rpartition("/")[2] for file in bring(folder, keep=3)]
    assert names == ["caf\\xe9.json", "th\\xe9.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_a_labels_file_is_not_waited_for(folder: Path) -> None:
    (folder / "a.json").write_bytes(GOOD.replace(b"basket", b"pipe"))
    os.mkfifo(folder / "labels.csv")
    assert {file.status for file in bring(folder, keep=2)} == {FileStatus.ADDED, FileStatus.ASIDE}


def test_a_tar_header_that_would_fill_the_memory_is_refused_unread(folder: Path) -> None:
    size = 200 * 1024 * 1024
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, size
    with gzip.open(folder / "a.tar.gz", "wb", 1) as stream:
        stream.write(info.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(size // (1024 * 1024)):
            stream.write(bytes(1024 * 1024))
    tracemalloc.start()
    (file,) = bring(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.status is FileStatus.FAILED
    assert "names and properties" in file.reason
    assert peak < size // 2
