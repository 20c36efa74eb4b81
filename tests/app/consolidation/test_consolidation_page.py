from __future__ import annotations

import re
from pathlib import Path

from app.consolidation import consent_notice
from app.consolidation.cycle_pane import _MEASURES
from app.consolidation.cycle_table import COLUMNS
from app.shell.action_table import ACTIONS
from hpm_engine import Schedule
from hpm_engine.config import (
    CANARIES,
    CYCLE_MEMORIES,
    FORGETTING_BOUND,
    IDLE_MINUTES,
    UNDOABLE_RUNS,
)

MANUAL = Path(__file__).parents[3] / "resources" / "manual"
PAGE = (MANUAL / "consolidation.md").read_text("utf-8")


def test_every_schedule_on_the_page_is_one() -> None:
    table = PAGE.partition("| write | it runs |")[2]
    written = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(written) == 5
    for text in written:
        assert Schedule.parse(text).text() == ("never" if text == "mains" else text)


def test_every_shortcut_on_the_page_is_in_the_window() -> None:
    keys = {key for action in ACTIONS for key in action.shortcuts}
    written = re.findall(r"`(Ctrl\+Shift\+\w)`", PAGE)
    assert written and set(written) <= keys


def test_every_figure_of_the_view_is_explained() -> None:
    shown = {name for _, name, _, _ in _MEASURES} | {"BWT", "Retention", "Found again"}
    explained = set(re.findall(r"^\| ([\w ]+?)(?: \(\w+\))? \|", PAGE, re.MULTILINE))
    assert shown <= explained
    assert shown & {column.title for column in COLUMNS}


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    assert f"more than {FORGETTING_BOUND.value:.0%}".replace("%", " %") in PAGE
    assert f"of at most {FORGETTING_BOUND.value * 100:g} |" in PAGE
    assert f"in cycles of {CYCLE_MEMORIES.value} memories, unless" in PAGE
    assert f"learn all that waits, {CYCLE_MEMORIES.value} memories at a time" in PAGE
    assert f"Memories learned earlier, {CANARIES.value} at most" in PAGE
    assert f"`idle {IDLE_MINUTES.value}` | after five minutes" in PAGE
    assert "five idle minutes" in consent_notice._DOES
    assert UNDOABLE_RUNS.value == 10 and "last ten runs" in PAGE


def test_its_pictures_are_there() -> None:
    for name in re.findall(r"\]\(([^)]+\.png)\)", PAGE):
        assert (MANUAL / name).exists(), name
