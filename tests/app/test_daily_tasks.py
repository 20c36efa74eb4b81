"""What people do every day, by real mouse and keys in a real window: possible, and in few acts."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from tests.support.driving.agents_home import ANSWER, DEAREST, FAILED, learned, write_home
from tests.support.driving.display import display, missing_tools
from tests.support.driving.person import Task, person, table

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason=missing_tools() or "all is there")
MOST_ACTS = 4
MOST_MS = 200.0  # until an act is answered, or progress shown
TIMED = bool(os.environ.get("HPM_TASK_TIMES"))
LIST = "EpisodeListView"


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with agents' sessions, and without the tour."""
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "preferences.toml").write_text("tour = false\n", "utf-8")
    write_home(home)
    return home


@pytest.fixture
def store(home: Path) -> Path:
    return learned(home)


def written(home: Path, name: str) -> str:
    """The text of the file that the program writes somewhere in its home."""
    end = time.monotonic() + 20
    while not (files := [*home.rglob(name)]) or not (text := files[0].read_text("utf-8")):
        assert time.monotonic() < end, f"no {name}"
        time.sleep(0.05)
    return text


def check(tasks: list[Task]) -> None:
    """All in few acts; with ``HPM_TASK_TIMES`` also each act answered in time."""
    print("\n" + table(tasks))
    assert not {task.title: len(task.acts) for task in tasks if len(task.acts) > MOST_ACTS}
    late = {
        f"{task.title}, {act.did}": act.answer_ms
        for task in tasks
        for act in task.acts
        if min(act.answer_ms, act.progress_ms or act.answer_ms) > MOST_MS
    }
    if TIMED:
        assert not late


def test_from_the_first_start_to_a_second_agent(screen: str, home: Path) -> None:
    with person(screen, home) as ada:
        ada.wait(says="Claude Code: 14 sessions")
        ada.begin(1, "start, first agent's sessions readable")
        ada.click({"says": "New store"}, button="Claude Code: 14 sessions")
        readable = {"first": "number 13", "says": "14 episodes"}
        ada.press("Return", {"gone": "No store is open"}, readable)
        ada.begin(2, "add the second agent that was found")
        ada.press("ctrl+alt+i", {"says": "Found on this computer"}, {"says": "Codex: 1 session"})
        ada.press("Return", {"gone": "Found on this computer"}, {"says": "15 episodes"})
        ada.begin(3, "reopen a recent store")
        ada.press("ctrl+w", {"says": "No store is open"})
        ada.click({"gone": "No store is open"}, {"painted": LIST}, button="memory.hpm")
        check(ada.tasks)


def test_finding_reading_and_taking_away(screen: str, home: Path, store: Path) -> None:
    with person(screen, home, str(store)) as ada:
        ada.wait(says="14 episodes", first="number 13")
        ada.begin(15, "pin ten")
        ada.click({"painted": LIST}, row=0, within=LIST)
        ada.click({"painted": LIST}, {"says": "10 selected"}, row=9, within=LIST, held="shift")
        ada.press("p", {"painted": LIST})
        ada.begin(4, "failures over 40 steps with ValueError")
        ada.press("ctrl+f", {"focus": "Search"})
        words = "outcome:failure steps:>40 ValueError"
        ada.type(words, {"painted": "QueryLine"}, {"first": FAILED, "says": "1 found"})
        ada.begin(16, "copy what was said")
        ada.click({"focus": "Steps of the episode"}, step=2)
        ada.press("ctrl+c", {"copied": "I look at part 1 of it"})
        ada.begin(17, "an episode as Markdown")
        ada.press("ctrl+e", {"says": "Export episode"})
        ada.click({"painted": "RadioButton"}, button="Markdown", at=0.05)
        ada.press("Return", {"says": "File name:"})
        ada.press("Return", {"gone": "File name:"})
        assert ANSWER in written(home, "*.md")
        ada.begin(12, "audit of one episode as CSV")
        ada.click({"painted": LIST}, row=0, within=LIST)
        ada.press("h", {"says": "History of"})
        ada.click({"says": "Export the audit log"}, button="Export…")
        ada.press("Return", {"gone": "Export the audit log"}, {"says": "audit-memory"})
        assert written(home, "audit-*.csv").count("\n") > 1
        ada.go("ctrl+2", first=FAILED)
        ada.begin(13, "verify the chain")
        ada.press("ctrl+8", {"says": "Not verified since"})
        ada.click({"says": "✓ The chain of"}, button="Verify now")
        ada.go("ctrl+2", first=FAILED)
        ada.begin(5, "the dearest session")
        ada.press("ctrl+1", {"painted": "OverviewView"}, {"says": "Top sessions"})
        ada.click({"first": FAILED}, {"says": "450,000 in"}, label=f"Please {DEAREST}")
        check(ada.tasks)
    with open_memory(store, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery(text="is:pinned"))) == 10


def test_compressing_learning_and_recalling(screen: str, home: Path, store: Path) -> None:
    with person(screen, home, str(store)) as ada:
        ada.wait(says="14 episodes", first="number 13")
        ada.begin(6, "what compression drops of this episode")
        ada.press("ctrl+3", {"painted": "MasksView"}, {"painted": "Transcript"})
        ada.begin(7, "another budget")
        slider = "Budget: how many times smaller"
        ada.click({"painted": "BudgetBar"}, {"painted": "Transcript"}, within=slider, at=0.1)
        ada.go("ctrl+2", first="number 13")
        ada.begin(14, "what would an agent be given?")
        ada.press("ctrl+r", {"focus": "Cue"})
        ada.type("sort the beehive records", {"painted": "TextEntry"})
        ada.press("ctrl+Return", {"gone": "Ask as an agent would"}, {"painted": "HitList"})
        ada.go("ctrl+2", first="number 13")
        ada.begin(8, "preview, accept a cycle")
        ada.press("ctrl+shift+p", {"painted": "ConsolidationView"}, {"says": "Discard"})
        ada.click({"gone": "Discard"}, {"says": "Undo this run"}, button="Accept")
        ada.go("ctrl+2", first="number 13")
        ada.begin(11, "undo the last cycle")
        ada.press("ctrl+5", {"painted": "ConsolidationView"}, {"says": "Undo this run"})
        ada.click({"says": "It was undone."}, {"says": "not yet learned"}, button="Undo this run")
        ada.go("ctrl+2", first="number 13")
        ada.begin(9, "learn all that waits")
        learned_all = {"says": "Everything is learned."}
        ada.press("ctrl+shift+a", {"painted": "ConsolidationView"}, learned_all)
        ada.go("ctrl+2", first="number 13")
        ada.begin(10, "every night at 03:00")
        ada.press("ctrl+5", {"painted": "ConsolidationView"}, {"says": "By itself"})
        ada.click({"says": "When this store tidies itself"}, button="Change…")
        ada.click({"says": "Remove"}, button="Add a time")
        ada.click({"gone": "Remove"}, {"says": "03:00 every day"}, button="Save")
        check(ada.tasks)
