"""Episodes of any length about invented code, as steps and as rows of a store."""

from __future__ import annotations

import random

from hpm_engine.memory import Memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource
from tests.support.written_episodes import write_draft

_SYLLABLES = ("ba", "cor", "den", "fil", "gra", "hex", "ima", "jun", "kel", "lor", "mit", "nor")
PATCH = (
    "diff --git a/shop/price.py b/shop/price.py\n--- a/shop/price.py\n+++ b/shop/price.py\n"
    "@@ -1 +1 @@\n+amount = convert_currency(discounted_amount)\n"
)


def drafts(length: int, seed: int = 0) -> tuple[StepDraft, ...]:
    """A task, commands with results about ever new identifiers, and a final patch."""
    draw = random.Random(seed)

    def word() -> str:
        return "_".join("".join(draw.choices(_SYLLABLES, k=3)) for _ in range(2))

    steps = [
        StepDraft(
            StepSource.USER, (Part(PartKind.MESSAGE, "Make DiscountRule survive a restart."),), 1
        )
    ]
    while len(steps) < length - 1:
        lines = [
            f"{word()} = {word()}({word()}, {draw.randrange(99)})"
            for _ in range(6 if length < 2_000 else 1)
        ]
        parts = (
            Part(PartKind.MESSAGE, f"Look at {word()} next."),
            Part(PartKind.CALL, f"grep -rn {word()} shop/{word()}.py", "bash", "c"),
            Part(PartKind.RESULT, "\n".join(lines), "", "c", draw.random() < 0.1),
        )
        steps.append(StepDraft(StepSource.AGENT, parts, len(steps)))
    if length > 1:
        parts = (
            Part(PartKind.CALL, "submit", "bash", "c"),
            Part(PartKind.RESULT, PATCH, "", "c"),
        )
        steps.append(StepDraft(StepSource.AGENT, parts, length, StepFlag.SUBMISSION))
    return tuple(steps)


def steps(length: int, seed: int = 0) -> list[Step]:
    return [
        Step(1, seq, draft.source, draft.flags, draft.at, "", None, None, draft.parts)
        for seq, draft in enumerate(drafts(length, seed))
    ]


def add(
    memory: Memory,
    key: str,
    steps: tuple[StepDraft, ...],
    project: str = "shop",
    at: int = 1,
    title: str | None = None,
) -> int:
    """Write an episode (again, longer, under the same key); its id."""
    draft = EpisodeDraft(
        format="made",
        key=key,
        steps=steps,
        agent="codex",
        project=project,
        task="Make it",
        title=title,
        started_at=at,
        ended_at=at,
    )
    return write_draft(memory, draft).episode_id
