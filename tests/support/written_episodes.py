"""Episodes from drafts, each written in a transaction of its own."""

from __future__ import annotations

from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.store.branches import Arrival
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter, Written
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource


def step(number: int, text: str = "", **fields: object) -> StepDraft:
    """A step that says something, at a time that grows with its number."""
    message = Part(PartKind.MESSAGE, text or f"step {number} says something")
    return StepDraft(StepSource.AGENT, (message,), at=1_000_000 * number, **fields)  # type: ignore[arg-type]


def write(
    memory: Memory, steps: list[StepDraft], key: str = "k", *, grown: bool = False, **fields: str
) -> Written:
    """Write an episode; ``grown``: its source's bytes begin with the stored ones'."""
    return write_draft(memory, EpisodeDraft("test", key, steps, **fields), grown=grown)  # type: ignore[arg-type]


def write_titled(
    memory: Memory,
    title: str | None,
    *texts: str,
    key: str = "k",
    task: str = "",
    agent_title: str = "",
) -> int:
    """Write an episode with a title, and one message of a person for each text; its id."""
    steps = [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, text),), at=1) for text in texts]
    draft = EpisodeDraft("test", key, steps, task=task, title=title, agent_title=agent_title)
    return write_draft(memory, draft).episode_id


def write_parts(memory: Memory, *parts: Part) -> int:
    """Write an episode with a step for each part, under a key of its own; its id."""
    steps = [StepDraft(StepSource.AGENT, (part,), at=1) for part in parts]
    draft = EpisodeDraft("test", str(memory.figures.stats().episodes), steps)
    return write_draft(memory, draft).episode_id


def write_draft(memory: Memory, draft: EpisodeDraft, *, grown: bool = False) -> Written:
    """Write an episode; ``grown``: its source's bytes begin with the stored ones'."""
    writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
    with memory.internals.database.writing():
        memory.internals.steps.begin()
        steps = draft.steps
        encoded = (
            [encode_step(step) for step in steps]
            if isinstance(steps, list | tuple)
            else map(encode_step, steps)
        )
        written = writer.write(draft, encoded, Job(), Arrival(lambda _: grown))
        memory.internals.steps.flush()
    return written
