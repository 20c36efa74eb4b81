"""ATIF trajectories (Agent AtifTrajectory Interchange Format 1.x, as Harbor writes them)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.atif.extra import restore_episode, restored_step
from hpm_engine.ingest.atif.steps import ATIF_STEP, AtifStep, step_draft
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.amounts import dollars
from hpm_engine.ingest.steps.identity import Keys, head_digest, not_empty
from hpm_engine.ingest.steps.task_text import project_of, task_line
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

_EMBEDDED_DEPTH = 8  # levels of subagents


class AgentExtra(msgspec.Struct):
    """Harbor's facts about a subagent."""

    parent_session_id: object = None


class AtifAgent(msgspec.Struct):
    """The agent of a trajectory."""

    name: object = None
    model_name: object = None
    extra: AgentExtra | None = None


class FinalMetrics(msgspec.Struct):
    """The sums over a trajectory."""

    total_cost_usd: object = None


class AtifTrajectory(msgspec.Struct):
    """A whole trajectory."""

    steps: list[msgspec.Raw] = []
    schema_version: object = None
    session_id: object = None
    trajectory_id: object = None
    agent: AtifAgent | None = None
    final_metrics: FinalMetrics | None = None
    subagent_trajectories: list[msgspec.Raw] | None = None
    extra: object = None


_TRAJECTORY = TypedDecoder(AtifTrajectory)


class AtifReader:
    """Any ATIF 1.x trajectory, with its embedded subagents."""

    format = "atif"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object that says it is ATIF 1.x."""
        version = source.opening.keys.get("schema_version")
        return isinstance(version, str) and version.startswith("ATIF-v1")

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The trajectory's episode, then those of subagents that are embedded in it."""
        document = Document(source.name, source.read())
        yield from _episodes(document, source.account, 0, "", Keys(), 0)


def _episodes(
    document: Document, account: Account, base: int, parent_key: str, keys: Keys, depth: int
) -> Iterator[EpisodeDraft]:
    trajectory = typed_document(document, _TRAJECTORY, "a trajectory", account)
    lines = list(typed_items(document, trajectory.steps, ATIF_STEP, "a step", account))
    steps = tuple(
        restored_step(step, step_draft(step, (base + start, size)))
        for _, start, size, step in lines
    )
    episode = _episode(trajectory, [line.record for line in lines], steps)
    restore_episode(episode, trajectory.extra)
    episode.key = keys.key(not_empty(episode, document.name, account).key)
    if parent_key:
        episode.parent_key, episode.continues_key = parent_key, ""
    if base:
        episode.raw_start, episode.raw_size = base, len(document.data)
    yield episode
    if depth >= _EMBEDDED_DEPTH:
        return
    offset = 0
    for raw in trajectory.subagent_trajectories or ():
        data = bytes(raw)
        offset = document.data.find(data, offset)
        inner = Document(f"{document.name}, subagent", data)
        yield from _episodes(inner, account, base + offset, episode.key, keys, depth + 1)
        offset += len(data)


def _episode(
    trajectory: AtifTrajectory, records: list[AtifStep], steps: tuple[StepDraft, ...]
) -> EpisodeDraft:
    agent = trajectory.agent or AtifAgent()
    session = _word(trajectory.trajectory_id) or _word(trajectory.session_id)
    parent = _word(agent.extra.parent_session_id) if agent.extra else ""
    copied = [step for step in steps if step.flags & StepFlag.COPIED]
    key, continues, parent_key = session, "", ""
    if _is_placeholder(session):
        key = "/".join(word for word in (session, head_digest(_own(steps))) if word)
    if parent:
        has_digest = copied and _is_placeholder(parent)
        parent_key = f"{parent}/{head_digest(copied)}" if has_digest else parent
    elif copied and len(copied) < len(steps) and not _is_placeholder(session):
        key, continues = f"{session}/{head_digest(_own(steps))}", session
    return EpisodeDraft(
        format=AtifReader.format,
        key=key,
        steps=steps,
        parent_key=parent_key,
        continues_key=continues,
        agent=_word(agent.name) or "atif",
        model=_word(agent.model_name) or next((step.model for step in steps if step.model), ""),
        project=project_of(session.rpartition("/")[2]),
        task=task_line(_prompt(steps)),
        cost_usd=_cost(trajectory, records),
    )


def _own(steps: tuple[StepDraft, ...]) -> list[StepDraft]:
    """The steps without the agent's copied ones; copied prompts still tell the task."""
    return [
        step
        for step in steps
        if step.source is not StepSource.AGENT or not step.flags & StepFlag.COPIED
    ]


def _is_placeholder(session: str) -> bool:
    """Whether a session id is a placeholder: every generated id has a digit."""
    return not any(map(str.isdigit, session))


def _prompt(steps: tuple[StepDraft, ...]) -> str:
    for step in steps:
        if step.source is StepSource.USER:
            return "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
    return ""


def _cost(trajectory: AtifTrajectory, records: list[AtifStep]) -> float | None:
    """The total in the file, if its steps state no costs; else None, and the steps are summed."""
    if any(step.metrics is not None and step.metrics.cost_usd is not None for step in records):
        return None
    return dollars(trajectory.final_metrics.total_cost_usd) if trajectory.final_metrics else None


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
