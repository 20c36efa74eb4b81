"""Forks of Codex in every order of imports: each line is counted in the session that it is of."""

from __future__ import annotations

import itertools
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import Episode, EpisodeQuery, Memory, open_memory

PARENT, FORK, THIRD = (f"019f{digit}000-0000-7000-8000-00000000000a" for digit in (1, 2, 3))
Lines = list[dict[str, Any]]


def line(second: int, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    at = f"2026-09-02T08:{second // 60:02}:{second % 60:02}.000Z"
    return {"timestamp": at, "type": kind, "payload": payload}


def head(key: str, second: int, forked: str = "") -> Lines:
    at = f"2026-09-02T08:{second // 60:02}:{second % 60:02}.000Z"
    payload = {"id": key, "timestamp": at, "cwd": "/home/ada/orchard"}
    return [line(second, "session_meta", payload | ({"forked_from_id": forked} if forked else {}))]


def turn(second: int, word: str, total: int) -> Lines:
    """A prompt, an answer, and 100 tokens read, 10 written."""
    text = [{"type": "output_text", "text": f"{word} done"}]
    usage = {"input_tokens": 100, "output_tokens": 10}
    sums = {"input_tokens": 100 * total, "output_tokens": 10 * total}
    info = {"last_token_usage": usage, "total_token_usage": sums}
    return [
        line(second, "turn_context", {"model": "gpt-5.6", "cwd": "/home/ada/orchard"}),
        line(second, "event_msg", {"type": "user_message", "message": f"Plant {word}"}),
        line(
            second + 3,
            "response_item",
            {"type": "message", "role": "assistant", "content": text},
        ),
        line(second + 4, "event_msg", {"type": "token_count", "info": info}),
    ]


FIRST = [*head(PARENT, 0), *turn(5, "quince", 1)]
GROWN = [*FIRST, *turn(200, "medlar", 2)]
SECOND = [*head(FORK, 60, PARENT), *FIRST, *turn(80, "walnut", 2)]
LAST = [*head(THIRD, 120, FORK), *SECOND, *turn(140, "almond", 3)]
FILES = {PARENT: FIRST, FORK: SECOND, THIRD: LAST}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def write(folder: Path, key: str, lines: Lines) -> Path:
    path = folder / f"rollout-2026-09-02T08-00-00-{key}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in lines))
    return path


def episodes(memory: Memory) -> dict[str, Episode]:
    listed = memory.episodes.find(EpisodeQuery())
    return {episode.key: episode for episode in memory.episodes.get(listed.window(0, len(listed)))}


def check(memory: Memory, *, grown: bool = False) -> None:
    rows = episodes(memory)
    own = {key: (row.agent_steps, row.tokens_in, row.tokens_out) for key, row in rows.items()}
    assert own == {
        PARENT: (2, 200, 20) if grown else (1, 100, 10),
        FORK: (1, 100, 10),
        THIRD: (1, 100, 10),
    }
    tasks = {PARENT: "Plant quince", FORK: "Plant walnut", THIRD: "Plant almond"}
    assert {key: row.task for key, row in rows.items()} == tasks
    links = {key: memory.episodes.detail(row.id).continues for key, row in rows.items()}
    assert links[PARENT] is None
    assert [getattr(links[key], "id", None) for key in (FORK, THIRD)] == [
        rows[PARENT].id,
        rows[FORK].id,
    ]
    assert memory.figures.health(check=True).problems == ()


@pytest.mark.parametrize("order", list(itertools.permutations(FILES)))
def test_every_order_counts_the_same(
    memory: Memory, tmp_path: Path, order: tuple[str, ...]
) -> None:
    for key in order:
        assert memory.import_paths([write(tmp_path, key, FILES[key])]).episodes_added == 1
    check(memory)
    report = memory.import_paths([write(tmp_path, PARENT, GROWN)])
    assert (report.episodes_extended, report.branches, report.steps_added) == (1, 0, 2)
    check(memory, grown=True)


def test_forks_of_an_archive_count_the_same(memory: Memory, tmp_path: Path) -> None:
    packed = tmp_path / "sessions.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        for key in (THIRD, FORK, PARENT):
            path = write(tmp_path, key, FILES[key])
            archive.add(path, path.name)
    assert memory.import_paths([packed]).episodes_added == 3
    check(memory)
