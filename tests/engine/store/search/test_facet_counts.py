from __future__ import annotations

import pytest

from hpm_engine import Chosen, EpisodeQuery, Outcome, with_filter
from hpm_engine.memory import Memory
from tests.support.written_episodes import step, write

FIELDS = {
    "project": ("x", "y", "a, b"),
    "agent": ("codex", "claude-code"),
    "outcome": ("success", "unknown"),
    "tag": ("red", "blue"),
    "is": ("pinned", "subagent"),
    "has": ("error", "note", "subagents"),
    "learned": ("no",),
    "kept": ("whole",),
    "after": ("today", "yesterday", "7d", "30d"),
}


@pytest.fixture
def shelf(memory: Memory) -> Memory:
    for number in range(24):
        write(
            memory,
            [step(1, "disk full" if number % 3 else "all is well")],
            key=str(number),
            project=FIELDS["project"][number % 3],
            agent=FIELDS["agent"][number % 2],
            outcome=FIELDS["outcome"][number % 5 > 1],
        )
    memory.marks.add_tag([1, 2, 3, 4], "red")
    memory.marks.add_tag([3, 4, 5], "blue")
    memory.marks.set_pinned([4, 9], True)
    return memory


@pytest.mark.parametrize(
    "text",
    [
        *("", "disk", "disk or well", "project:x", "project:x,y agent:codex", "tag:red -project:y"),
        *("is:pinned", "disk -agent:codex outcome:success tag:blue,red", 'project:"a, b"'),
        *("project:nothing agent:codex", "after:7d", "-is:pinned project:x"),
    ],
)
def test_each_count_is_what_that_value_would_leave(shelf: Memory, text: str) -> None:
    counts = shelf.episodes.facet_counts(text).fields
    assert counts.keys() >= FIELDS.keys()
    for field, values in FIELDS.items():
        counted = dict(counts[field])
        for value in values:
            wanted = with_filter(text, field, Chosen((value,)))
            assert counted.get(value, 0) == len(shelf.episodes.find(EpisodeQuery(text=wanted)))
        assert not set(counted) - set(values) - {"", "partial"}


def test_what_is_selected_is_summed_up(shelf: Memory) -> None:
    found = shelf.episodes.find(EpisodeQuery(outcome=Outcome.SUCCESS))
    episodes = shelf.episodes.get(found.window(0, len(found)))
    sums = shelf.episodes.sums(found.ids)
    assert sums.episodes == len(episodes) > 3
    assert sums.steps == sum(episode.steps for episode in episodes)
    assert sums.costed == 0 and sums.cost_usd == 0
    assert shelf.episodes.sums(b"").episodes == 0
