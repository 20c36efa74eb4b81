from __future__ import annotations

import re
from pathlib import Path

import pytest

from hpm_engine import open_memory
from tests.support.command_runs import ESCAPES, json_lines, run, session


@pytest.fixture
def store(tmp_path: Path) -> Path:
    texts = {
        "ferry": ("The timetable forgets the winter ferry.", "Sort the harbours."),
        "tide": ("Tide tables are an hour off.", "Use the harbour's time zone."),
        "light": (f"The lighthouse blinks {ESCAPES} too fast.", "Check the lens."),
    }
    for key, said in texts.items():
        (tmp_path / f"{key}.jsonl").write_bytes(session(key, *said))
    path = tmp_path / "a.hpm"
    assert run("import", path, *tmp_path.glob("*.jsonl")).exit_code == 0
    return path


def test_recall_prepares_finds_explains_and_records(store: Path) -> None:
    done = run("recall", store, "winter", "timetable", "--into", "session 9", "--json")
    assert done.exit_code == 0
    [recall] = json_lines(done.stdout)
    assert recall["hits"][0]["episode"]["task"].startswith("The timetable")
    assert sum(part["share"] for part in recall["hits"][0]["parts"]) == pytest.approx(1)
    [past] = json_lines(run("recall", store, "--past", "--json").stdout)
    assert past["id"] == recall["id"]
    assert (past["actor"], past["into"], past["cue"]) == (
        "hpm recall",
        "session 9",
        "winter timetable",
    )
    assert "winter timetable" in run("recall", store, "--past").stdout


def test_recall_for_people_shows_why_and_obeys_no_escape_sequence(store: Path) -> None:
    done = run("recall", store, "lighthouse blinks")
    assert done.exit_code == 0
    assert "words" in done.stdout.splitlines()[2]
    assert "candidates" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    block = run("recall", store, "lighthouse blinks", "--context").stdout
    assert block.startswith("Records of earlier sessions")
    assert "\x1b" not in block


def test_a_step_that_recall_names_is_the_one_that_show_gives(store: Path) -> None:
    episode, number = 0, 0
    for line in run("recall", store, "check the lens", "-k", "1").stdout.splitlines():
        if match := re.match(r"1\. episode (\d+) ", line):
            episode = int(match[1])
        elif (match := re.match(r" +#(\d+): Check the lens", line)) and not number:
            number = int(match[1])
    shown = run("show", store, str(episode), "--steps", str(number)).stdout
    assert f"\n#{number} user " in shown and "\n    Check the lens.\n" in shown
    block = run("recall", store, "check the lens", "-k", "1", "--context").stdout
    assert f"\nstep {number}:\n> Check the lens." in block


def test_what_if_and_no_record_leave_no_trace(store: Path) -> None:
    run("recall", store, "tide tables")
    with open_memory(store, read_only=True) as memory:
        [past] = memory.recall.past()
    best = past.hits[0].episode_id
    done = run("recall", store, "tide tables", "--without", str(best), "--json")
    [recall] = json_lines(done.stdout)
    assert best not in {hit["episode"]["id"] for hit in recall["hits"]}
    assert run("recall", store, "tide tables", "--no-record").exit_code == 0
    with open_memory(store, read_only=True) as memory:
        assert memory.recall.past_count() == 1


@pytest.mark.parametrize("arguments", [(), ("--past", "word"), ("word", "-k", "0")])
def test_wrong_usage_is_refused(store: Path, arguments: tuple[str, ...]) -> None:
    done = run("recall", store, *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
