from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine import (
    VISIBILITY,
    BadQuery,
    Memory,
    Reader,
    RecallOptions,
    RecallScope,
    Visibility,
    open_memory,
)
from tests.support.shop import acted, add, asked

CUE = "the discount uses the wrong currency rate"
WHO = (("claude", "shop"), ("codex", "shop"), ("claude", "payroll"), ("codex", "payroll"))


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    """Three episodes of either agent on either of two projects, all about the same; and others."""
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    with open_memory(tmp_path / "shared.hpm", create=True) as memory:
        for agent, project in WHO:
            for number in range(3):
                steps = [acted(f"the discount of {project} {n}", "edit a.py") for n in range(5)]
                key = f"{agent}{project}{number}"
                add(memory, key, asked(CUE), *steps, project=project, agent=agent)
        for number in range(24):
            steps = [acted(f"smoke the hive {n} before the honey", "open hive") for n in range(5)]
            add(memory, f"hive{number}", asked("harvest honey"), *steps, project="hives")
        memory.recall.prepare()
        memory.encode()
        yield memory


def seen(memory: Memory, reader: Reader | None) -> set[tuple[str, str]]:
    """Whose episodes a recall tells of, in any of its parts; the hives are for everybody."""
    recall = memory.recall.ask(
        CUE, 12, RecallScope(reader=reader), options=RecallOptions(record=False, steps_of_all=99)
    )
    shown = {hit.episode.id for hit in recall.hits} | set(recall.context.episode_ids)
    shown |= {step.episode_id for step in recall.steps}
    shown |= {source for known in recall.known for source in known.sources}
    if reader is not None:
        assert memory.visibility.count(reader) == recall.candidates
    who = {(episode.agent, episode.project) for episode in memory.episodes.get(sorted(shown))}
    return {(agent, project) for agent, project in who if project != "hives"}


def rule(memory: Memory, *lines: str) -> None:
    memory.settings.set(VISIBILITY, Visibility.parse("\n".join(lines)).text())


def test_without_rules_everybody_sees_everything(memory: Memory) -> None:
    assert seen(memory, None) == seen(memory, Reader("codex", "shop")) == set(WHO)


def test_a_private_project_is_seen_from_itself_alone(memory: Memory) -> None:
    rule(memory, "project:payroll private")
    assert seen(memory, Reader("codex", "shop")) == {("claude", "shop"), ("codex", "shop")}
    assert seen(memory, Reader("codex", "payroll")) == set(WHO)
    assert seen(memory, Reader(agent="codex")) == {("claude", "shop"), ("codex", "shop")}
    assert seen(memory, None) == set(WHO)  # a person


def test_a_private_agent_shares_nothing(memory: Memory) -> None:
    rule(memory, "agent:codex private")
    assert seen(memory, Reader("claude", "shop")) == {("claude", "shop"), ("claude", "payroll")}
    assert seen(memory, Reader("codex", "shop")) == set(WHO)


def test_who_sees_some_sees_nothing_else_but_its_own(memory: Memory) -> None:
    rule(memory, "agent:codex sees project:payroll")
    assert seen(memory, Reader("codex")) == set(WHO) - {("claude", "shop")}
    assert seen(memory, Reader("claude")) == set(WHO)


def test_all_rules_that_concern_a_reader_hold(memory: Memory) -> None:
    rule(memory, "agent:codex sees project:payroll", "project:shop sees agent:codex")
    assert seen(memory, Reader("codex", "shop")) == {("codex", "shop"), ("codex", "payroll")}


def test_what_is_private_does_not_settle_into_prototypes(memory: Memory) -> None:
    waiting = memory.consolidation.waiting()
    rule(memory, "project:payroll private")
    assert memory.consolidation.waiting() == waiting - 6
    memory.consolidation.run(100)
    held = {
        member.episode_id
        for prototype in memory.consolidation.prototypes()
        for member in memory.consolidation.members(prototype.id)
    }
    assert {episode.project for episode in memory.episodes.get(sorted(held))} == {"shop", "hives"}
    assert memory.recall.ask(CUE, 3, RecallScope(reader=Reader("codex", "shop"))).known


def test_prototypes_made_before_a_rule_tell_nothing_to_who_must_not_see(memory: Memory) -> None:
    memory.consolidation.run(100)
    assert memory.recall.ask(CUE, 3).known  # of both projects
    rule(memory, "project:payroll private")
    for known in memory.recall.ask(CUE, 3, RecallScope(reader=Reader("codex", "shop"))).known:
        projects = {episode.project for episode in memory.episodes.get(known.sources)}
        assert projects == {"shop"}


def test_forgetting_unlearns_what_a_rule_made_private_too_late(memory: Memory) -> None:
    memory.consolidation.run(100)
    assert memory.consolidation.of_private() == []
    rule(memory, "project:payroll private")
    learned = {prototype.id for prototype in memory.consolidation.of_private()}
    payroll = [
        episode.id for episode in memory.episodes.get(range(1, 13)) if episode.project == "payroll"
    ]
    assert learned == {
        held.prototype.id for key in payroll for held in memory.consolidation.holding(key)
    }
    assert learned
    shop = memory.consolidation.waiting()
    memory.consolidation.forget(sorted(learned))
    assert memory.consolidation.of_private() == []
    assert memory.consolidation.waiting() > shop  # of the shop, not of what is private
    memory.consolidation.run(100)
    assert memory.consolidation.waiting() == 0
    assert not any(memory.consolidation.holding(key) for key in payroll)
    assert memory.recall.ask(CUE, 3, RecallScope(reader=Reader("codex", "shop"))).known


def test_what_is_private_is_not_replayed(memory: Memory) -> None:
    memory.consolidation.run(30)
    again = memory.consolidation.preview(100).replayed
    payroll = {
        episode.id for episode in memory.episodes.get(range(1, 13)) if episode.project == "payroll"
    }
    assert payroll & {episode_id for episode_id, _ in again}
    rule(memory, "project:payroll private")
    again = memory.consolidation.preview(100).replayed
    assert again and not payroll & {episode_id for episode_id, _ in again}


def test_a_rule_is_logged_and_a_senseless_one_hides_everything(memory: Memory) -> None:
    rule(memory, "project:payroll private")
    assert (memory.audit.page()[-1].action, memory.audit.page()[-1].subject) == (
        "set",
        "setting:visibility",
    )
    memory.settings.set(VISIBILITY, "nonsense")  # as another program might
    with pytest.raises(BadQuery):
        seen(memory, Reader("codex"))
    with pytest.raises(BadQuery):
        memory.consolidation.run()


@pytest.mark.parametrize(
    "text",
    [
        "project:shop private",
        'agent:"my agent" sees project:"a \\"b\\"" agent:codex',
        "agent:codex private\nproject:shop sees project:ferry",
        "",
    ],
)
def test_rules_read_as_they_are_written(text: str) -> None:
    assert Visibility.parse(text).text() == text


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("shop private", 0),
        ("project:shop", 12),
        ("project:shop private\n  agent:codex hides project:shop", 34),
        ("agent:codex sees", 11),
        ("agent:codex sees project:a and more", 11),
        ("tool:bash private", 0),
    ],
)
def test_what_is_no_rule_is_told_with_its_place(text: str, position: int) -> None:
    with pytest.raises(BadQuery) as refusal:
        Visibility.parse(text)
    assert refusal.value.position == position


@given(st.text(max_size=60))
def test_any_text_is_rules_or_explains_itself(text: str) -> None:
    try:
        rules = Visibility.parse(text)
    except BadQuery as told:
        assert str(told)
    else:
        assert Visibility.parse(rules.text()) == rules


@given(st.text(min_size=1, max_size=20).filter(lambda name: "\n" not in name))
def test_any_name_can_be_ruled(name: str) -> None:
    from hpm_engine.values.visibility import Field, Named, Rule

    rules = Visibility((Rule(Named(Field.PROJECT, name), None),))
    assert Visibility.parse(rules.text()) == rules
