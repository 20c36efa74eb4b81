"""An episode, and a step of it, as the side pane tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.kit.controls.given_facts import entered_facts, given_facts, handed_facts
from app.kit.formatting import number
from app.kit.navigation import Place
from app.kit.selection_facts import FactGroup, RecordPlace, SelectionCall, SelectionFacts
from app.kit.view_names import ViewName
from app.shell.side_pane.episode_facts import (
    Recalls,
    episode_facts,
    lineage_facts,
    prototype_facts,
    source_facts,
    step_facts,
)
from hpm_engine import EpisodeDetail, GivenFilter, Job, Memory, RecallFilter

_RECALLS_SHOWN = 3

Go = Callable[[Place], None]


def whole_call(call: SelectionCall, here: Place, go: Go) -> SelectionCall:
    """The call of a view, with the facts of the place's episode where it wants them."""

    def read(memory: Memory, job: Job) -> SelectionFacts:
        own = call(memory, job)
        if not own.with_episode or here.episode_id is None:
            return own
        of_episode = read_episode(here.episode_id, here.seq, go, memory)
        return replace(
            own,
            title=own.title or of_episode.title,
            name=own.name or of_episode.name,
            facts=own.facts + of_episode.facts,
            details=own.details + of_episode.details,
            related=own.related + of_episode.related,
            record=own.record or of_episode.record,
        )

    return read


def read_episode(episode_id: int, seq: int | None, go: Go, memory: Memory) -> SelectionFacts:
    """What is told of an episode, and of a step of it."""
    detail = memory.episodes.detail(episode_id)
    steps = memory.steps.read(episode_id, seq, seq + 1) if seq is not None else []
    # Only where there are some: it spares a first look the modules of consolidation.
    held = memory.consolidation.holding(episode_id) if detail.held_by else []
    recalls = _recalls(memory, detail)
    entered = memory.recall.given(GivenFilter(into_episode=episode_id))
    handed = memory.recall.given(GivenFilter(of_episode=episode_id))
    episode = detail.episode

    def to_episode(other: int) -> None:
        go(Place(ViewName.EPISODES, other))

    def to_recall(recall_id: int) -> None:
        go(Place(ViewName.RECALL, episode_id, None, recall_id))

    def to_prototype(prototype_id: int) -> None:
        go(Place(ViewName.PROTOTYPES, episode_id, seq, prototype_id=prototype_id))

    step = steps[0] if steps else None
    title = "Episode" if step is None else f"Step {number(step.seq + 1)} of {number(episode.steps)}"
    return SelectionFacts(
        title=title,
        name=episode.name,
        facts=(
            FactGroup("Step", step_facts(step) if step is not None else ()),
            FactGroup("Episode", episode_facts(episode)),
            FactGroup("Memory", given_facts(entered, handed)),
        ),
        details=(FactGroup("Source", source_facts(detail)),),
        related=(
            FactGroup("Lineage", lineage_facts(detail, to_episode, recalls, to_recall)),
            FactGroup("Entered this session", entered_facts(entered, go)),
            FactGroup("Given to later sessions", handed_facts(handed, go)),
            FactGroup("Learned in topics", prototype_facts(held, to_prototype)),
        ),
        record=RecordPlace(episode_id, seq if step is not None else None),
    )


def _recalls(memory: Memory, detail: EpisodeDetail) -> Recalls:
    """The recalls that gave an episode: how many, and the last."""
    if detail.episode.last_recalled_at is None:  # spares a first look the modules of recall
        return 0, ()
    of = RecallFilter(episode_id=detail.episode.id)
    return memory.recall.past_count(of), tuple(memory.recall.past(0, _RECALLS_SHOWN, of))
