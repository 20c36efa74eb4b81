"""The episode of a trace's spans, for all formats of traces."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.ingest.spans.span import Span
from hpm_engine.ingest.spans.span_telling import steps_of
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind, StepSource

AGENTS = ("lc_agent_name", "agent_name", "gen_ai.agent.name", "langgraph_node")  # in metadata
# Scores of these names say whether the task succeeded; others (toxicity, style) do not.
SUCCESS_SCORES = (
    "success",
    "task_success",
    "resolved",
    "is_resolved",
    "passed",
    "pass",
    "reward",
    "correct",
    "correctness",
)


def span_episode(
    format_: str, spans: Sequence[Span], *, key: str, agent: str, project: str = ""
) -> EpisodeDraft | None:
    """The episode; None for spans without steps. The digest of its head replaces an empty key."""
    steps = steps_of(spans)
    if not steps:
        return None
    prompt = next(
        (
            "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
            for step in steps
            if step.source is StepSource.USER
        ),
        "",
    )
    return EpisodeDraft(
        format=format_,
        key=key or head_digest(steps),
        steps=steps,
        agent=agent,
        model=next((step.model for step in steps if step.model), ""),
        project=project,
        task=task_line(prompt),
        started_at=min((span.start for span in spans if span.start), default=None),
        ended_at=max((span.end for span in spans if span.end), default=None),
    )
