"""Of sessions that repeat each other the latest stands for the others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine.cli.root import hpm
from hpm_engine.memory import open_memory
from hpm_engine.values.recall import Hit, Recall
from tests.support.cases import CASES

CASE = CASES / "46-near-duplicates"
CUE = "the greenhouse thermostat overheats at noon"
LATEST = "00000006"
OTHER = "0000ffff"


def recalled(tmp_path: Path, order: int = 1, cue: str = CUE) -> Recall:
    """What is recalled once the sessions were imported one by one, in or against their order."""
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for trace in sorted(CASE.glob("*.jsonl"))[::order]:
            memory.import_paths([trace])
        memory.recall.prepare()
        return memory.recall.ask(cue)


def keys(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.episode.key[:8] for hit in hits]


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_stands_for_the_others(tmp_path: Path, order: int) -> None:
    recall = recalled(tmp_path, order)
    assert keys(recall.hits)[:2] == [LATEST, OTHER]
    days = [hit.started_at for hit in recall.hits[0].alike]
    assert len(days) == 5 and days == sorted(days, reverse=True)
    assert not any(hit.alike for hit in recall.hits[1:])


def test_the_latest_finding_is_in_the_block_and_marked(tmp_path: Path) -> None:
    recall = recalled(tmp_path)
    text = recall.context.text
    ids = ", ".join(str(hit.episode_id) for hit in recall.hits[0].alike)
    assert f"newest of 6, and 5 like it: episodes {ids}" in text
    assert "it must be 35" in text and "41 degrees" not in text
    assert text.count("> task: The greenhouse thermostat") == 1
    assert "port 3 is right" in text or "orchid house" in text


def test_the_command_counts_the_others_and_json_lists_them(tmp_path: Path) -> None:
    store = tmp_path / "s.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths([CASE])
    shown = CliRunner().invoke(hpm, ["recall", str(store), CUE], catch_exceptions=False).stdout
    assert "newest of 6, and 5 like it: episodes" in shown
    printed = CliRunner().invoke(hpm, ["recall", str(store), CUE, "--json"], catch_exceptions=False)
    first = json.loads(printed.stdout)["hits"][0]
    assert len({hit["episode_id"] for hit in first["alike"]} - {first["episode"]["id"]}) == 5


def test_without_the_latest_the_one_before_stands_for_the_rest(tmp_path: Path) -> None:
    recalled(tmp_path)
    with open_memory(tmp_path / "s.hpm") as memory:
        latest = memory.recall.ask(CUE).hits[0]
        recall = memory.recall.ask(CUE, without=[latest.episode.id])
        assert keys(recall.hits)[0] == "00000005"
        assert len(recall.hits[0].alike) == 4


def test_one_session_alone_stands_for_none(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    for trace in CASE.glob("*bb.jsonl"):
        shutil.copy(trace, folder)
    shutil.copy(next(CASE.glob("00000003*aa.jsonl")), folder)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([folder])
        memory.recall.prepare()
        recall = memory.recall.ask(CUE)
    assert [hit.alike for hit in recall.hits] == [()] * len(recall.hits)
    assert "like it" not in recall.context.text
