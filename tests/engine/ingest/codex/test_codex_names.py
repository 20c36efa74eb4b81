"""Codex's names of threads: events in the rollout, and the index above the sessions."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard

from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import Episode, EpisodeQuery
from hpm_engine.values.reports import FileStatus
from tests.support.cases import CASES

CASE = CASES / "02-codex-fork"
PARENT = "019f1000-0000-7000-8000-00000000000a"
FORK = "019f2000-0000-7000-8000-00000000000b"


def named(name: str | None, at: str, thread: str | None = PARENT) -> dict[str, Any]:
    payload = {"type": "thread_name_updated", "thread_id": thread, "thread_name": name}
    return {"timestamp": at, "type": "event_msg", "payload": payload}


def entry(name: str | None, at: str, thread: str = PARENT) -> dict[str, Any]:
    return {"id": thread, "thread_name": name, "updated_at": at}


def codex_home(tmp_path: Path, index: list[Any], *events: dict[str, Any]) -> Path:
    """A home of Codex with a session and its fork, events at the end of the first."""
    home = tmp_path / "codex"
    day = home / "sessions" / "2026" / "09" / "01"
    day.mkdir(parents=True, exist_ok=True)
    for path in CASE.glob("*.jsonl"):
        text = path.read_text()
        if "parent" in path.name:
            text += "".join(json.dumps(event) + "\n" for event in events)
        (day / path.name).write_text(text)
    lines = (line if isinstance(line, str) else json.dumps(line) for line in index)
    (home / "session_index.jsonl").write_text("".join(line + "\n" for line in lines))
    return home


def episodes(memory: Memory) -> dict[str, Episode]:
    results = memory.episodes.find(EpisodeQuery())
    return {
        episode.key: episode for episode in memory.episodes.get(results.window(0, len(results)))
    }


def titles(tmp_path: Path, home: Path) -> tuple[str, str]:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([home])
        rows = episodes(memory)
    return rows[PARENT].title, rows[FORK].title


EARLY = "2026-09-03T08:00:00.123456789Z"
LATE = "2026-09-04T08:00:00Z"


@pytest.mark.parametrize(
    ("index", "events", "title"),
    [
        ([], [], ""),
        ([], [named("Quince", EARLY)], "Quince"),
        ([], [named("Quince", EARLY), named("Medlar", LATE)], "Medlar"),
        ([], [named("Quince", EARLY), named(None, LATE)], ""),
        ([], [named("Quince", EARLY), named(" \u200b\u3164 ", LATE)], ""),
        ([], [named("Another's", EARLY, FORK)], ""),
        ([], [named("Quince", EARLY, None)], "Quince"),
        ([entry("Quince", EARLY)], [], "Quince"),
        ([entry("Quince", EARLY), entry("Fork", LATE, FORK), entry("Medlar", LATE)], [], "Medlar"),
        ([entry("Medlar", LATE), entry("Quince", EARLY)], [], "Medlar"),
        ([entry("Quince", EARLY), entry("", LATE)], [], ""),
        ([entry("Quince", LATE)], [named("Medlar", EARLY)], "Quince"),
        ([entry("Quince", EARLY)], [named("Medlar", LATE)], "Medlar"),
        ([entry("Quince", EARLY), f'{{"id": "{PARENT}", "thread'], [], "Quince"),
        (["\0\0\0", "[1]", entry("Quince", "no time"), '{"id": 7}'], [], "Quince"),
        ([entry(f"about {FORK}", EARLY)], [], f"about {FORK}"),
    ],
)
def test_the_latest_name_is_the_title(
    tmp_path: Path, index: list[Any], events: list[dict[str, Any]], title: str
) -> None:
    parent, _ = titles(tmp_path, codex_home(tmp_path, index, *events))
    assert parent == title


def test_a_fork_has_a_name_of_its_own(tmp_path: Path) -> None:
    home = codex_home(tmp_path, [entry("Quince", EARLY)])
    (path,) = home.rglob("rollout-fork.jsonl")
    lines = path.read_text().splitlines()
    copied = json.dumps(named("Quince", "2026-09-02T08:00:02.000Z", None))
    path.write_text("\n".join([*lines[:3], copied, *lines[3:]]) + "\n")
    assert titles(tmp_path, home) == ("Quince", "")
    with path.open("a") as file:
        file.write(json.dumps(named("Grafts", LATE, FORK)) + "\n")
    assert titles(tmp_path, home) == ("Quince", "Grafts")


def test_a_name_given_after_the_import_is_taken_though_the_rollout_is_the_same(
    tmp_path: Path,
) -> None:
    home = codex_home(tmp_path, [entry("Quince", EARLY)])
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([home])
        before = memory.sources.all()
        with (home / "session_index.jsonl").open("a") as index:
            index.write(json.dumps(entry("Medlar", LATE)) + "\n")
        assert not memory.import_paths([home]).with_status(FileStatus.EXTENDED)  # an older copy's
        with (home / "session_index.jsonl").open("a") as index:
            later = datetime.now(UTC) + timedelta(minutes=1)
            index.write(json.dumps(entry("Medlar", later.isoformat())) + "\n")
        report = memory.import_paths([home])
        (file,) = report.with_status(FileStatus.EXTENDED)
        assert file.path.endswith("rollout-parent.jsonl") and not file.steps_added
        assert episodes(memory)[PARENT].name == "Medlar"
        results = memory.episodes.find(EpisodeQuery(text="title:medlar"))
        assert len(results) == 1 and not memory.episodes.find(
            EpisodeQuery(text="title:quince -graft")
        )
        assert memory.sources.all() == before
        assert not memory.import_paths([home]).with_status(FileStatus.EXTENDED)
        assert not memory.figures.health(check=True).problems
        assert memory.audit.verify().broken_at is None


def test_an_index_that_comes_later_names_what_has_no_name(tmp_path: Path) -> None:
    home = codex_home(tmp_path, [])
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([home])
        (home / "session_index.jsonl").write_text(json.dumps(entry("Quince", EARLY)) + "\n")
        memory.import_paths([home])
        assert episodes(memory)[PARENT].name == "Quince"


def test_a_packed_rollout_has_its_name_from_the_index_too(tmp_path: Path) -> None:
    home = codex_home(tmp_path, [entry("Quince", EARLY)])
    (path,) = home.rglob("rollout-parent.jsonl")
    path.with_name(f"{path.name}.zst").write_bytes(zstandard.compress(path.read_bytes()))
    path.unlink()
    assert titles(tmp_path, home)[0] == "Quince"


def test_the_index_is_no_failure_and_is_used_in_an_archive(tmp_path: Path) -> None:
    home = codex_home(tmp_path, [entry("Quince", EARLY)])
    packed = tmp_path / "codex.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(home, "home/.codex")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([packed])
        (aside,) = report.with_status(FileStatus.ASIDE)
        assert aside.path.endswith("session_index.jsonl") and "Names of Codex" in aside.reason
        assert not report.with_status(FileStatus.FAILED)
        assert episodes(memory)[PARENT].name == "Quince"
        results = memory.episodes.find(EpisodeQuery(text="quince"))
        assert [episode.key for episode in memory.episodes.get(results.window(0, 9))][-1] == PARENT


@pytest.mark.parametrize("packed", [False, True])
def test_an_index_too_large_to_be_read_says_so(tmp_path: Path, packed: bool) -> None:
    filler = [entry("x" * 1_000, EARLY, f"other-{number}") for number in range(4_200)]
    home = codex_home(tmp_path, [*filler, entry("Quince", EARLY)])
    if packed:
        with tarfile.open(tmp_path / "codex.tar.gz", "w:gz") as archive:
            archive.add(home, "home/.codex")
        home = tmp_path / "codex.tar.gz"
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        (aside,) = memory.import_paths([home]).with_status(FileStatus.ASIDE)
        assert "none was read" in aside.reason and f"{aside.size:,} bytes" in aside.reason
        assert episodes(memory)[PARENT].title == ""
