from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.episodes.episode_head import EpisodeHead
from app.kit.episode_title import episode_title
from tests.support.million_memory import made_up_episode


@pytest.mark.parametrize("silent", ["0b1f4d2e-1111-4222-8333-123456789abc", "[REDACTED:name]"])
def test_a_title_that_says_nothing_gives_way_to_the_first_words(silent: str) -> None:
    episode = msgspec.structs.replace(made_up_episode(1, "x"), title=silent, task="oil the gate")
    assert episode_title(episode) == "oil the gate"
    named = msgspec.structs.replace(episode, title="The gate")
    assert episode_title(named) == "The gate"
    nameless = msgspec.structs.replace(episode, task=silent, agent_title="", agent="codex")
    assert episode_title(nameless) == "Session without a title (codex)"


def test_the_head_says_what_a_conversation_is_and_what_it_took(qtbot: QtBot) -> None:
    head = EpisodeHead()
    qtbot.addWidget(head)
    second = 1_000_000
    episode = msgspec.structs.replace(
        made_up_episode(1, "x"),
        title="Oil the gate",
        agent="codex",
        model="gpt-5.5",
        project="garden",
        started_at=1_700_000_000 * second,
        ended_at=1_700_000_192 * second,
        steps=117,
        errors=3,
        tokens_in=1_000_000,
        tokens_out=230_000,
        cost_usd=0.69,
        pinned=True,
        tags=("a", "b", "c", "d"),
    )
    head.show_episode(episode)
    text = head.text()
    for said in (
        *("Oil the gate", "codex", "gpt-5.5", "garden", "3 min 12 s", "117 steps", "✗ 3 errors"),
        *("1.23 M tokens", "$0.69", "⚑ pinned", "# a", "1 more tag"),
    ):
        assert said in text, said
    head.show_episode(None)
    assert head.text() == ""
