"""One session that went on in two places: two episodes that know each other, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, FileStatus, ImportReport, Memory, StepFlag, open_memory
from tests.support.cases import CASES

NAME = "da000000-0000-4000-8000-000000000001"
CASE = CASES / "19-diverged-copies"
HEAD = ["Plan the apiary", "Planned."]
OAK = [*HEAD, "Use oak for the frames", "Oak frames.", "the limit is five", "Five."]
WILLOW = [*HEAD, "Use willow for the skeps", "Willow skeps."]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def lines(*said: str, name: str = NAME) -> list[dict[str, Any]]:
    """A session of prompts and replies in turn; equal words have equal times."""
    return [
        {
            "type": ("user", "assistant")[index % 2],
            "sessionId": name,
            "uuid": f"u-{text}",
            "timestamp": f"2026-09-01T10:00:{index:02}.000Z",
            "cwd": "/home/ada/work/orchard",
            "message": {
                "id": f"m-{text}",
                "role": ("user", "assistant")[index % 2],
                "content": text,
            },
        }
        for index, text in enumerate(said)
    ]


def bring(memory: Memory, folder: Path, records: list[dict[str, Any]]) -> ImportReport:
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return memory.import_paths([path])


def hits(memory: Memory, text: str) -> int:
    return memory.episodes.find(EpisodeQuery(text=text)).hits


def said(memory: Memory, episode_id: int, *, own: bool = False) -> list[str]:
    return [
        part.text
        for step in memory.steps.read(episode_id)
        if not (own and step.flags & StepFlag.COPIED)
        for part in step.parts
    ]


@pytest.mark.parametrize("order", [("desktop", "laptop"), ("laptop", "desktop")])
def test_both_branches_are_kept_and_know_each_other(memory: Memory, order: tuple[str, str]) -> None:
    paths = [CASE / folder / f"{NAME}.jsonl" for folder in order]
    reports = [memory.import_paths([path]) for path in paths]
    assert [report.branches for report in reports] == [0, 1]
    assert reports[1].files[0].branches == (NAME,)
    assert (hits(memory, "oak"), hits(memory, "willow")) == (2, 2)
    assert (hits(memory, "apiary"), hits(memory, "planned")) == (1, 1)
    assert [b"".join(memory.originals.whole(n)) for n in (1, 2)] == [
        path.read_bytes() for path in paths
    ]
    assert [[link.id for link in memory.episodes.detail(n).branches] for n in (1, 2)] == [[2], [1]]
    first, second = memory.episodes.get([1, 2])
    assert second.key.startswith(f"{NAME}#") and second.task != first.task == "Plan the apiary"
    assert first.agent_steps + second.agent_steps == 4
    detail = next(row.detail for row in memory.audit.page() if row.subject == "episode:2")
    assert json.loads(detail)["branch_of"] == NAME
    for path in paths:
        assert memory.import_paths([path]).files[0].status is FileStatus.UNCHANGED
    assert memory.figures.health(check=True).problems == ()


def test_branches_of_equal_length_and_a_third_are_kept(memory: Memory, tmp_path: Path) -> None:
    for index, wood in enumerate(["oak", "willow", "birch"]):
        report = bring(memory, tmp_path / wood, lines(*HEAD, f"Use {wood}", f"{wood} it is"))
        assert report.branches == bool(index)
    assert [hits(memory, wood) for wood in ("oak", "willow", "birch", "apiary")] == [2, 2, 2, 1]
    assert sorted(link.id for link in memory.episodes.detail(2).branches) == [1, 3]


def test_either_branch_goes_on_as_itself(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path / "a", lines(*OAK))
    bring(memory, tmp_path / "b", lines(*WILLOW))
    longer = bring(memory, tmp_path / "b", lines(*WILLOW, "and reed", "Reed too."))
    assert (longer.episodes_extended, longer.branches, longer.steps_added) == (1, 0, 2)
    assert said(memory, 2, own=True) == [*WILLOW[2:], "and reed", "Reed too."]
    bring(memory, tmp_path / "a", lines(*OAK, "and ash", "Ash too."))
    assert said(memory, 1) == [*OAK, "and ash", "Ash too."]
    # Written anew by another program: other bytes, the same words.
    longest = lines(*WILLOW, "and reed", "Reed too.", "thanks")
    anew = bring(memory, tmp_path / "c", [{"version": "9", **line} for line in longest])
    assert (anew.episodes_extended, anew.branches) == (1, 0)
    assert said(memory, 2)[-1] == "thanks"
    assert memory.figures.stats().episodes == 2


def test_an_earlier_state_of_either_branch_changes_nothing(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path / "a", lines(*OAK))
    bring(memory, tmp_path / "b", lines(*WILLOW))
    for folder, words in (("c", OAK[:4]), ("d", WILLOW[:3]), ("e", HEAD)):
        report = bring(memory, tmp_path / folder, lines(*words))
        assert report.files[0].status is FileStatus.UNCHANGED
    assert (said(memory, 1), said(memory, 2)) == (OAK, WILLOW)


@pytest.mark.parametrize("more", [(), ("a late word", "Heard.")])
def test_a_copy_that_lost_its_head_never_takes_the_head_away(
    memory: Memory, tmp_path: Path, more: tuple[str, ...]
) -> None:
    bring(memory, tmp_path / "a", lines(*OAK))
    bring(memory, tmp_path / "b", lines(*OAK, *more)[2:])
    assert said(memory, 1) == OAK
    assert memory.figures.stats().episodes == 1 + bool(more)
    if more:
        assert said(memory, 2, own=True) == list(more)


def test_a_copy_that_lost_its_head_is_extended_by_the_whole(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path / "a", lines(*OAK)[2:])
    bring(memory, tmp_path / "b", lines(*OAK))
    assert said(memory, 1) == OAK and memory.figures.stats().episodes == 1


@pytest.mark.parametrize("pinned", [True, False])
def test_a_forged_session_rewrites_nothing(memory: Memory, pinned: bool) -> None:
    victim, evil = (
        CASES / "60-attack" / f"overwrite_{name}.jsonl" for name in ("1_victim", "2_evil")
    )
    memory.import_paths([victim])
    memory.marks.set_pinned([1], pinned)
    before = memory.episodes.detail(1).digest, said(memory, 1)
    report = memory.import_paths([evil])
    assert (report.branches, report.episodes_extended) == (1, 0)
    assert (memory.episodes.detail(1).digest, said(memory, 1)) == before
    assert b"".join(memory.originals.whole(1)) == victim.read_bytes()
    assert b"".join(memory.originals.whole(2)) == evil.read_bytes()
    assert not memory.episodes.get([2])[0].pinned


def test_a_session_left_out_of_view_by_an_earlier_version_comes_back(
    memory: Memory, tmp_path: Path
) -> None:
    """Such stores keep the bytes of the branch that lost, as a superseded source."""
    bring(memory, tmp_path / "a", lines(*OAK))
    bring(memory, tmp_path / "b", lines(*OAK[:4]))
    words = lines(*WILLOW)
    bring(memory, tmp_path / "c", words)
    with memory.internals.database.writing():
        memory.internals.steps.remove_from(2, 0)
        memory.internals.database.execute("DELETE FROM main.episodes WHERE id = 2")
        memory.internals.database.execute("UPDATE sources SET state = 'superseded' WHERE id <> 1")
    again = bring(memory, tmp_path / "c", words)
    assert again.branches == 1 and hits(memory, "willow") == 2


@pytest.mark.parametrize("first", ["as it was", "indented"])
def test_a_copy_whose_json_is_spelled_otherwise_is_no_branch(
    memory: Memory, tmp_path: Path, first: str
) -> None:
    path = CASES / "47-result-kinds" / "object.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    compact = [json.dumps(record, separators=(",", ":")) for record in records]
    copies = {"as it was": "\n".join(compact) + "\n", "indented": json.dumps(records, indent=2)}
    for name in sorted(copies, key=lambda name: name != first):
        path = tmp_path / f"{name}.json"
        path.write_text(copies[name])
        memory.import_paths([path])
    assert len(memory.episodes.find(EpisodeQuery())) == 1
    assert hits(memory, "needle") == 1
