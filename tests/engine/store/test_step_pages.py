from __future__ import annotations

import pytest

from hpm_engine.errors import Cancelled
from hpm_engine.job import Job, Progress
from hpm_engine.memory import Memory
from tests.support.written_episodes import step, write


@pytest.mark.parametrize("count", [1, 199, 200, 201, 400, 405])
def test_all_steps_are_read_in_order_page_by_page(memory: Memory, count: int) -> None:
    episode = write(memory, [step(n) for n in range(1, count + 1)]).episode_id
    rows = memory.internals.steps
    assert list(rows.each(episode, count)) == memory.steps.read(episode)
    assert [s.seq for s in rows.each(episode, count)] == list(range(count))


def test_steps_that_came_since_are_read_too(memory: Memory) -> None:
    episode = write(memory, [step(n) for n in range(1, 501)]).episode_id
    assert len(list(memory.internals.steps.each(episode, 3))) == 500


def test_it_says_how_far_it_is_and_stops_when_asked(memory: Memory) -> None:
    episode = write(memory, [step(n) for n in range(1, 501)]).episode_id
    seen: list[Progress] = []
    job = Job(seen.append, interval=0)
    steps = memory.internals.steps.each(episode, 500, job, "reading")
    assert next(steps).seq == 0
    job.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    assert seen == [Progress(0, 500, "reading", "steps")]
