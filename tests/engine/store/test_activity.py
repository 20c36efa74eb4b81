from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, Memory, Outcome, Period, Price, PriceTable, TopBy, open_memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.query_results import ids_with
from tests.support.written_episodes import write_draft

PRICES = PriceTable({"priced": Price(input=10, output=100, cached=1, date="2026-11")}, 0.5)
HOUR = 3_600_000_000


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        yield memory


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def add(
    memory: Memory,
    key: str,
    at: str | None,
    *,
    project: str = "shop",
    model: str = "priced",
    tokens: tuple[int, int] = (1_000_000, 10_000),
    cost: float | None = None,
    failed: bool = False,
    **fields: Any,
) -> int:
    began = None if at is None else moment(at)
    flags = StepFlag.ERROR if failed else StepFlag.NONE
    parts = (
        Part(PartKind.MESSAGE, f"I {key} now"),
        Part(PartKind.CALL, "{}", "Bash", "c"),
        Part(PartKind.RESULT, "out", "", "c", is_error=failed),
    )
    step = StepDraft(StepSource.AGENT, parts, began, flags, model, *tokens, cost_usd=cost)
    draft = EpisodeDraft(
        "made", key, [step], agent="codex", model=model, project=project, task=key, **fields
    )
    draft.started_at = began
    draft.ended_at = None if began is None else began + HOUR
    return write_draft(memory, draft).episode_id


def test_costs_are_told_apart_and_add_up(memory: Memory) -> None:
    add(memory, "recorded", "2026-11-02T10:00Z", cost=0.5)
    add(memory, "estimated", "2026-11-02T11:00Z")
    add(memory, "unknown model", "2026-11-03T11:00Z", model="new")
    add(memory, "no tokens", "2026-11-03T12:00Z", tokens=(0, 0))
    activity = memory.figures.activity(prices=PRICES)
    cost = activity.total.cost
    assert (cost.recorded, cost.recorded_episodes) == (0.5, 1)
    assert (cost.estimated, cost.least, cost.most) == (6.5, 2.0, 11.0)
    assert (cost.estimated_episodes, cost.unknown_episodes) == (1, 2)
    assert activity.unpriced == ("new",) and activity.prices_of == "2026-11"
    assert activity.total.episodes == 4 and activity.total.time == 4 * HOUR
    assert [day.amount.cost.total for day in activity.days] == [7.0, 0.0]
    assert [top.name for top in activity.top[TopBy.COST]] == ["estimated", "recorded"]


def test_days_and_hours_are_local(memory: Memory, zone: Callable[[str], None]) -> None:
    zone("Asia/Tokyo")
    add(memory, "late on Sunday in UTC", "2026-11-01T23:30Z")
    add(memory, "a day before", "2026-11-01T10:30Z")
    activity = memory.figures.activity(prices=PRICES)
    assert [day.day for day in activity.days] == ["2026-11-01", "2026-11-02"]
    assert [hour for hour, count in enumerate(activity.hours) if count] == [8, 6 * 24 + 19]
    assert activity.calendar == (("2026-11-01", 1), ("2026-11-02", 1))


def test_each_day_adds_up_by_model_project_and_agent(memory: Memory) -> None:
    add(memory, "a", "2026-11-02T10:00Z", project="shop", model="priced")
    add(memory, "b", "2026-11-02T11:00Z", project="port", model="new", tokens=(5, 5))
    day = memory.figures.activity(prices=PRICES).days[0]
    for parts in (day.models, day.projects, day.agents):
        assert sum(part.amount.tokens for part in parts) == day.amount.tokens == 1_010_010
    assert [part.name for part in day.models] == ["priced", "new"]
    assert [part.name for part in day.projects] == ["shop", "port"]


def test_a_period_and_a_project_leave_the_rest_out(memory: Memory) -> None:
    add(memory, "before", "2026-11-01T10:00Z")
    add(memory, "within", "2026-11-02T10:00Z", outcome=Outcome.FAILURE)
    add(memory, "another", "2026-11-02T10:00Z", project="port")
    add(memory, "undated", None)
    period = Period(moment("2026-11-02T00:00Z"), moment("2026-11-03T00:00Z"), "shop")
    activity = memory.figures.activity(period, PRICES)
    assert activity.total.episodes == 1 and activity.undated == 1
    assert dict(activity.outcomes)[Outcome.FAILURE] == 1
    assert len(activity.calendar) == 2  # it shows the year whatever the period
    assert memory.figures.activity(prices=PRICES).total.episodes == 4


def test_tools_tell_how_often_they_failed(memory: Memory) -> None:
    add(memory, "good", "2026-11-01T10:00Z")
    add(memory, "bad", "2026-11-02T10:00Z", failed=True)
    (bash,) = memory.figures.tools()
    assert (bash.tool, bash.calls, bash.failed, bash.episodes) == ("Bash", 2, 1, 2)
    (bash,) = memory.figures.tools(Period(moment("2026-11-02T00:00Z")))
    assert (bash.calls, bash.failed, bash.episodes) == (1, 1, 1)
    assert memory.figures.tools(Period(project="port")) == ()


def test_what_memory_gave_back_is_counted(memory: Memory) -> None:
    first = add(memory, "sort the shelf", "2026-11-01T10:00Z")
    add(memory, "paint the door", "2026-11-02T10:00Z", project="port")
    memory.recall.prepare()
    recall = memory.recall.ask("sort the shelf")
    assert recall.hits
    given = memory.figures.given()
    assert given.recalls == given.answered == 1 and given.hits == len(recall.hits)
    assert given.episodes[0] == (first, "sort the shelf", 1)
    assert [times for _, _, times in given.receivers] == [1]
    assert memory.figures.given(Period(until=1)).recalls == 0
    assert memory.figures.given(Period(project="nowhere")).recalls == 0


def test_an_empty_store_has_figures(memory: Memory) -> None:
    activity = memory.figures.activity()
    assert activity.total.episodes == 0 and activity.days == () and sum(activity.hours) == 0
    assert memory.figures.tools() == () and memory.figures.given().recalls == 0


def test_an_hour_of_the_week_leads_to_its_episodes(
    memory: Memory, zone: Callable[[str], None]
) -> None:
    zone("Asia/Tokyo")
    monday = add(memory, "8:30 on Monday", "2026-11-01T23:30Z")
    sunday = add(memory, "19:30 on Sunday", "2026-11-01T10:30Z")
    undated = add(memory, "never", None)
    assert ids_with(memory, "weekday:mon") == [monday]
    assert ids_with(memory, "weekday:mon hour:8") == [monday]
    assert ids_with(memory, "hour:18..20") == [sunday]
    assert set(ids_with(memory, "-weekday:sun")) == {monday, undated}
    assert len(memory.episodes.find(EpisodeQuery(text="weekday:sun hour:8"))) == 0
