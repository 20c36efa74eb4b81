"""What a fork copied is found in the fork as long as no other episode has it, and never twice."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, Memory, open_memory

WORDS = {"first": "Whittle an elm flute", "second": "And a lime drum", "third": "Then a yew harp"}


def write(folder: Path, name: str, *, copied: list[str], forked: str = "") -> Path:
    """A session of Claude Code that says the words of ``copied`` sessions, then its own."""
    lines = []
    for at, said in enumerate([*copied, name]):
        line = {
            "type": "user",
            "sessionId": name,
            "uuid": f"u-{said}",
            "parentUuid": f"u-{copied[at - 1]}" if at else None,
            "timestamp": f"2026-09-01T10:0{at}:00.000Z",
            "message": {"role": "user", "content": WORDS[said]},
        }
        if said != name:
            line["forkedFrom"] = {"sessionId": forked, "messageUuid": f"u-{said}"}
        lines.append(json.dumps(line))
    path = folder / f"{name}.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def episode_counts(memory: Memory) -> list[int]:
    """How many episodes have a word of each session."""
    return [len(memory.episodes.find(EpisodeQuery(text=word))) for word in ("elm", "lime", "yew")]


def sessions(folder: Path) -> list[Path]:
    """A session, its fork, and the fork's fork."""
    return [
        write(folder, "first", copied=[]),
        write(folder, "second", copied=["first"], forked="first"),
        write(folder, "third", copied=["first", "second"], forked="second"),
    ]


def test_words_whose_session_is_missing_are_found_in_the_fork(tmp_path: Path) -> None:
    _, fork, last = sessions(tmp_path)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([last])
        assert episode_counts(memory) == [1, 1, 1]
        memory.import_paths([fork])
        assert episode_counts(memory) == [1, 1, 1]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
def test_words_are_found_once_in_any_order(
    tmp_path: Path, order: tuple[int, ...], at_once: bool
) -> None:
    paths = sessions(tmp_path)
    files = [paths[index] for index in order]
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for some in [files] if at_once else [[path] for path in files]:
            memory.import_paths(some)
        assert episode_counts(memory) == [1, 1, 1]


def test_a_fork_that_grows_keeps_the_words_that_only_it_has(tmp_path: Path) -> None:
    _, fork, last = sessions(tmp_path)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([last, fork])
        own = '{"type":"user","sessionId":"third","uuid":"u-x","message":{"content":"Also oak"}}'
        last.write_text(f"{last.read_text()}{own}\n")
        memory.import_paths([last])
        assert episode_counts(memory) == [1, 1, 1]
        assert len(memory.episodes.find(EpisodeQuery(text="oak"))) == 1


def meta(session: str, forked: str = "") -> str:
    """A line of the harness at the beginning of a session, or copied from another one."""
    line = {
        "type": "user",
        "isMeta": True,
        "sessionId": session,
        "uuid": "u-meta",
        "timestamp": "2026-09-01T09:59:00.000Z",
        "message": {"role": "user", "content": "Mind the rosewood"},
    }
    if forked:
        line["forkedFrom"] = {"sessionId": forked, "messageUuid": "u-meta"}
    return f"{json.dumps(line)}\n"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_what_the_harness_said_is_found_where_it_was_said_first(
    tmp_path: Path, order: tuple[int, ...], at_once: bool
) -> None:
    first, fork, _ = sessions(tmp_path)
    first.write_text(meta("first") + first.read_text())
    fork.write_text(meta("second", "first") + fork.read_text())
    files = [(first, fork)[index] for index in order]
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for some in [files] if at_once else [[path] for path in files]:
            memory.import_paths(some)
        found = memory.episodes.find(EpisodeQuery(text="rosewood"))
        tasks = [episode.task for episode in memory.episodes.get(found.window(0, len(found)))]
    assert tasks == [WORDS["first"]]
