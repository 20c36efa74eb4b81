from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from hpm_engine import DayKind, EpisodeQuery
from hpm_engine.memory import Memory
from hpm_engine.store.rows.day_groups import day_groups
from hpm_engine.system.local_time import instant, local
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.written_episodes import write_draft

NOW = datetime(2026, 11, 26, 16, 30).astimezone()


def write_at(memory: Memory, moments: list[datetime | None]) -> None:
    for number, moment in enumerate(moments):
        at = None if moment is None else instant(moment)
        step = StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "hello"),), at=at)
        write_draft(memory, EpisodeDraft("test", str(number), [step]))


def kind(moment: datetime | None) -> tuple[DayKind, date | None]:
    """What a row is in, worked out for it alone."""
    if moment is None:
        return DayKind.UNDATED, None
    days = (NOW.date() - moment.date()).days
    if days >= 14:
        return DayKind.MONTH, moment.date().replace(day=1)
    return {0: DayKind.TODAY, 1: DayKind.YESTERDAY}.get(days, DayKind.DAY), moment.date()


@pytest.mark.parametrize("descending", [True, False])
def test_each_row_is_under_its_day(memory: Memory, descending: bool) -> None:
    chance = random.Random(3)
    moments: list[datetime | None] = [
        datetime(2026, 11, 26, 16) - timedelta(hours=chance.choice((1, 30, 900)) * chance.random())
        for _ in range(120)
    ]
    moments += [datetime(2026, 11, 13), datetime(2026, 11, 12, 23, 59, 59), None, None]
    moments += [datetime(2024, 2, 29), datetime(2026, 12, 3)]
    write_at(memory, moments)
    found = memory.episodes.find(EpisodeQuery(descending=descending))
    groups = day_groups(memory.internals.database, found, NOW)
    assert len(groups) == len({kind(moment) for moment in moments})
    ends = [group.row for group in groups[1:]] + [len(found)]
    for group, end in zip(groups, ends, strict=True):
        for number in found.window(group.row, end):
            start = local(group.start)
            assert start is not None
            day = None if group.kind is DayKind.UNDATED else start.date()
            assert kind(moments[number - 1]) == (group.kind, day)


def test_no_episodes_have_no_days(memory: Memory) -> None:
    assert memory.episodes.day_groups(memory.episodes.find(EpisodeQuery())) == ()


def test_only_a_few_rows_of_a_day_are_looked_at(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_at(memory, [datetime(2026, 11, 25, 9) + timedelta(seconds=n) for n in range(300)])
    asked: list[object] = []
    value = memory.internals.database.value
    monkeypatch.setattr(
        memory.internals.database, "value", lambda *given: asked.append(given) or value(*given)
    )
    found = memory.episodes.find(EpisodeQuery())
    [group] = day_groups(memory.internals.database, found, NOW)
    assert group.kind is DayKind.YESTERDAY
    assert len(asked) < 25
