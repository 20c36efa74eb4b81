"""A prototype as the side pane tells it: a topic, and the episodes that it was learned from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.kit.controls.fact_list import Fact
from app.kit.formatting import counted, number, scaled
from app.kit.navigation import Place
from app.kit.plain_text import one_line
from app.kit.selection_facts import FactGroup, SelectionCall, SelectionFacts
from app.kit.view_names import ViewName
from hpm_engine import Job, Member, Memory, NotFound, Prototype

_SHOWN = 20  # episodes

Go = Callable[[Place], None]


def topic_call(prototype_id: int, go: Go) -> SelectionCall:
    """How to read a prototype by its id."""
    return partial(_read, prototype_id, go)


def _read(prototype_id: int, go: Go, memory: Memory, _job: Job) -> SelectionFacts:
    try:
        [prototype] = memory.consolidation.chosen([prototype_id])
    except NotFound:
        return SelectionFacts(title="Topic", name="It is no longer there.")
    members = memory.consolidation.members(prototype_id)
    label = prototype.label
    return SelectionFacts(
        title="Topic",
        name=prototype.told,
        facts=(
            FactGroup(
                "What it is about",
                (
                    Fact("Words", one_line(", ".join(label.terms))),
                    Fact("Paths", one_line(", ".join(label.paths))),
                    Fact("Tools", one_line(", ".join(label.tools))),
                    Fact("Pinned", "yes" if prototype.pinned else "no"),
                ),
            ),
            FactGroup("Learned from", _sources(prototype, members)),
        ),
        details=(
            FactGroup(
                "How it is held",
                (
                    Fact("Memories", f"{prototype.count:,.1f} by their shares"),
                    Fact("Fisher information", scaled(prototype.fisher)),
                    Fact("Number", str(prototype.id), code=True),
                ),
            ),
        ),
        related=(FactGroup("Episodes", _episodes(members, memory, go)),),
    )


def _sources(prototype: Prototype, members: list[Member]) -> tuple[Fact, ...]:
    episodes = len({member.episode_id for member in members})
    return (
        Fact("Episodes", number(episodes)),
        Fact("Memories", number(len(members))),
        Fact("First learned", f"in cycle {number(prototype.born)}"),
        Fact("Last learned", f"in cycle {number(prototype.reinforced)}"),
    )


def _episodes(members: list[Member], memory: Memory, go: Go) -> tuple[Fact, ...]:
    """The episodes that it was learned from, those first that it explains best."""
    first: dict[int, Member] = {}
    for member in members:
        first.setdefault(member.episode_id, member)
    shown = list(first.values())[:_SHOWN]
    names = {
        episode.id: episode
        for episode in memory.episodes.get([member.episode_id for member in shown])
    }
    facts = [
        Fact(
            one_line(names[member.episode_id].project, 40) or "Episode",
            one_line(names[member.episode_id].name, 120),
            go=partial(go, Place(ViewName.EPISODES, member.episode_id, member.start)),
        )
        for member in shown
        if member.episode_id in names
    ]
    if len(first) > _SHOWN:
        facts.append(Fact("More", f"{counted(len(first) - _SHOWN, 'episode')} not shown"))
    return tuple(facts)
