"""Copies of a session that is pinned, compressed, evicted or learned: nothing is rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import (
    AgeingSettings,
    EpisodeQuery,
    FileReport,
    FileStatus,
    Memory,
    Originals,
    StepFlag,
    open_memory,
)
from hpm_engine.importing.importer import Importer
from hpm_engine.job import Job
from hpm_engine.store.learned.settled import settle
from hpm_engine.values.episodes import Kept

NAME = "da000000-0000-4000-8000-000000000001"
EVICT = AgeingSettings(newest=0, originals=Originals.EVICTED)
WAYS = ["pinned", "compressed", "evicted", "learned"]
LARGE = 1_000  # bytes: a file of more is imported in slices
Lines = list[dict[str, Any]]


def turn(number: int, word: str) -> Lines:
    """A prompt, a call with its result (empty in every second turn) and a reply: three steps."""
    command = {"command": f"grep -n {word}{number} café.py", "flags": {"z": 1, "b": [1, 2]}}
    call = {"type": "tool_use", "id": f"{word}{number}", "name": "Bash", "input": command}
    output = [f"{word}_{number}_{line} = value_{line}(x{number * line})" for line in range(12)]
    result = "\n".join(output) if number % 2 else ""
    answer = {"type": "tool_result", "tool_use_id": f"{word}{number}", "content": result}
    said = [
        ("user", f"Wish {number} of {word}"),
        ("assistant", [{"type": "text", "text": f"Looking at {word}{number}"}, call]),
        ("user", [answer]),
        ("assistant", [{"type": "text", "text": f"Done {word}{number}"}]),
    ]
    return [
        {
            "type": kind,
            "sessionId": NAME,
            "uuid": f"{word}{number}-{index}",
            "timestamp": f"2026-09-01T10:{number:02}:{index:02}.000Z",
            "message": {
                **{"id": f"m-{word}{number}-{index}", "role": kind, "content": content},
                **{"usage": {"input_tokens": 10, "output_tokens": 5}},
            },
        }
        for index, (kind, content) in enumerate(said)
    ]


HEAD = [line for number in range(12) for line in turn(number, "head")]
OAK = [*HEAD, *turn(12, "oak"), *turn(13, "oak")]
WILLOW = [*HEAD, *turn(14, "willow"), *turn(15, "willow")]


def turned(value: Any) -> Any:
    """The same JSON with the keys of its objects the other way round."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


SPELLINGS = {
    "as it was": json.dumps,
    "keys turned": lambda line: json.dumps(turned(line)),
    "no escapes": lambda line: json.dumps(line, ensure_ascii=False, separators=(",", ":")),
}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def bring(
    memory: Memory, folder: Path, lines: Lines, spelling: str = "as it was", large: bool = False
) -> FileReport:
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}.jsonl"
    path.write_text("".join(SPELLINGS[spelling](line) + "\n" for line in lines))
    importer = Importer(
        memory.internals.database, memory.internals.log, batch_bytes=LARGE if large else 1 << 25
    )
    (file,) = importer.run([path], Job(), lambda report: None).files
    assert memory.figures.health(check=True).problems == ()
    assert memory.audit.verify().broken_at is None
    return file


def keep(memory: Memory, way: str) -> None:
    if way == "pinned":
        memory.marks.set_pinned([1], True)
    elif way == "learned":
        with memory.internals.database.writing():
            settle(memory.internals.database, [1])
    else:
        memory.recall.prepare()
        memory.compression.compress([1])
    if way == "evicted":
        memory.compression.ageing.set(EVICT)
        assert memory.compression.ageing.evict().episodes == 1


def state(memory: Memory) -> tuple[object, ...]:
    """All of the first episode that a copy of it could change."""
    (episode,) = memory.episodes.get([1])
    kept = () if episode.kept is Kept.WHOLE else memory.compression.read(1)
    texts = [step.parts for step in memory.steps.read(1)]
    return episode, memory.episodes.detail(1).digest, texts, kept


def copied(memory: Memory, episode_id: int) -> int:
    return sum(bool(step.flags & StepFlag.COPIED) for step in memory.steps.read(episode_id))


def count(memory: Memory) -> int:
    return len(memory.episodes.find(EpisodeQuery()))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("way", WAYS)
def test_what_does_not_go_on_is_a_second_branch(
    memory: Memory, tmp_path: Path, way: str, spelling: str, large: bool
) -> None:
    bring(memory, tmp_path / "a", OAK)
    keep(memory, way)
    before = state(memory)
    file = bring(memory, tmp_path / "b", WILLOW, spelling, large)
    assert (file.branches, file.episodes_extended) == ((NAME,), 0)
    assert state(memory) == before
    first, second = memory.episodes.get([1, 2])
    # The twelve turns that both have are counted where they stood first.
    assert (second.steps, copied(memory, 2), second.agent_steps) == (42, 36, 4)
    assert (first.tokens_in, second.tokens_in) == (280, 40)
    assert not second.pinned and second.kept is Kept.WHOLE
    again = bring(memory, tmp_path / "c", [*WILLOW, *turn(16, "reed")], spelling, large)
    assert (again.episodes_extended, again.branches, again.steps_added) == (1, (), 3)
    assert state(memory) == before and copied(memory, 2) == 36


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spelling", ["keys turned", "no escapes"])
def test_a_copy_that_says_nothing_more_changes_nothing(
    memory: Memory, tmp_path: Path, way: str, spelling: str
) -> None:
    bring(memory, tmp_path / "a", OAK)
    keep(memory, way)
    before = state(memory)
    for folder, lines in (("b", OAK), ("c", OAK[:24]), ("d", OAK[20:])):
        assert bring(memory, tmp_path / folder, lines, spelling).status is FileStatus.UNCHANGED
    assert state(memory) == before and count(memory) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_without_its_head_that_went_on_is_a_second_branch(
    memory: Memory, tmp_path: Path, way: str
) -> None:
    bring(memory, tmp_path / "a", OAK)
    keep(memory, way)
    before = state(memory)
    file = bring(memory, tmp_path / "b", [*OAK[24:], *turn(16, "reed")])
    assert file.branches == (NAME,) and state(memory) == before
    assert memory.episodes.get([2])[0].steps - copied(memory, 2) == 3


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("way", WAYS)
def test_a_session_that_went_on_is_extended_without_loss(
    memory: Memory, tmp_path: Path, way: str, spelling: str, large: bool
) -> None:
    bring(memory, tmp_path / "a", HEAD)
    keep(memory, way)
    file = bring(memory, tmp_path / "b", OAK, spelling, large)
    assert (file.status, file.steps_added, file.branches) == (FileStatus.EXTENDED, 6, ())
    with open_memory(tmp_path / "new.hpm", create=True) as new:
        bring(new, tmp_path / "b", OAK, spelling)
        assert memory.episodes.detail(1).digest == new.episodes.detail(1).digest
        assert [step.parts for step in memory.steps.read(1)] == [
            step.parts for step in new.steps.read(1)
        ]
    (episode,) = memory.episodes.get([1])
    assert episode.kept is Kept.WHOLE and not episode.learned
    assert episode.pinned is (way == "pinned")
    assert b"".join(memory.originals.whole(1)) == (tmp_path / "b" / f"{NAME}.jsonl").read_bytes()
    assert count(memory) == 1
