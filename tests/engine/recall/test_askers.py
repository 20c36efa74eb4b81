"""Who recalled lately, summed as the recall log has it."""

from __future__ import annotations

import time
from pathlib import Path

from hpm_engine import RecallOptions, open_memory
from tests.support.written_episodes import step, write

_DAY = 86_400_000_000  # microseconds


def test_recalls_are_summed_by_who_asked_within_days(tmp_path: Path) -> None:
    store = tmp_path / "my.hpm"
    with open_memory(store, create=True) as memory:
        write(memory, [step(1), step(2, "the kiln is cold")], key="s1", title="Mend the kiln")
        memory.recall.prepare()
        assert memory.recall.askers() == ()
    tokens: dict[str, list[int]] = {"hook codex": [], "hpm mcp for x": []}
    for actor, cue in (
        ("hook codex", "mend the kiln"),
        ("hpm mcp for x", "a cold kiln"),
        ("hook codex", "the kiln again"),
    ):
        with open_memory(store, actor=actor) as memory:
            recall = memory.recall.ask(cue, options=RecallOptions(into="session"))
            tokens[actor].append(recall.context.tokens)
    now = time.time_ns() // 1000
    with open_memory(store, read_only=True) as memory:
        codex, other = memory.recall.askers(now)
        assert (codex.actor, codex.last_cue, codex.last_into) == (
            "hook codex",
            "the kiln again",
            "session",
        )
        assert codex.last_tokens == tokens["hook codex"][1]
        assert codex.week == codex.month == (2, sum(tokens["hook codex"]))
        assert (other.actor, other.week) == ("hpm mcp for x", (1, tokens["hpm mcp for x"][0]))
        past = memory.recall.past(0, 1)[0]
        assert (codex.last_id, codex.last_at) == (past.id, past.at)
        (later, _) = memory.recall.askers(now + 8 * _DAY)
        assert (later.week, later.month) == ((0, 0), codex.month)
        (gone, _) = memory.recall.askers(now + 31 * _DAY)
        assert (gone.month, gone.last_id) == ((0, 0), codex.last_id)
