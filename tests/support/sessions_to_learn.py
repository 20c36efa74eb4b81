"""Stores whose sessions have something to teach: one about tasks, one about what was needed."""

from __future__ import annotations

import json
import random

from hpm_engine.memory import Memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import write_draft

# What tasks of a topic speak of, and what is done about them: nothing in common but habit.
TOPICS = (
    ("kettle steam boil tea spout", "granite quarry slab mason chisel"),
    ("violin string bow sonata orchestra", "tractor harvest wheat barn plough"),
    ("glacier ice snow alpine winter", "invoice ledger audit tax revenue"),
    ("tiger lion leopard jungle prey", "asphalt bridge tunnel highway lane"),
    ("lipstick perfume makeup skin beauty", "submarine torpedo navy harbor sonar"),
    ("goal striker penalty stadium referee", "enzyme protein cell membrane genome"),
)

# Of names as programs have them: a list of such packs as real ones do.
_PARTS = (
    "user name path file line node value index table model field query cache token index state "
    "event error config option parser writer reader buffer stream layout widget signal handler"
)


def acted(
    call: str, result: str = "", tool: str = "bash", flags: StepFlag = StepFlag.NONE
) -> StepDraft:
    parts = (Part(PartKind.CALL, call, tool, "c"), Part(PartKind.RESULT, result, "", "c"))
    return StepDraft(StepSource.AGENT, parts, 2, flags)


def asked(text: str) -> StepDraft:
    return StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, text),), 1)


def add(memory: Memory, key: str, steps: list[StepDraft], project: str, at: int) -> int:
    draft = EpisodeDraft(
        format="made", key=key, steps=steps, agent="codex", project=project, task=key,
        started_at=at, ended_at=at,
    )  # fmt: skip
    return write_draft(memory, draft).episode_id


def with_habits(memory: Memory, count: int, projects: int = 4) -> None:
    """Sessions whose tasks and deeds share no word, but go together in every project."""
    draw = random.Random(1)
    for number in range(count):
        topic = draw.randrange(len(TOPICS))
        wishes, deeds = (side.split() for side in TOPICS[topic])
        task = "Please look at " + " ".join(draw.sample(wishes, 3))
        edit = {"path": f"src/{deeds[0]}.py", "new_string": " ".join(draw.sample(deeds, 3))}
        steps = [
            asked(task),
            *(acted(f"grep {' '.join(draw.sample(deeds, 2))}") for _ in range(2)),
            acted(json.dumps(edit), "ok", "edit"),
        ]
        add(memory, f"session {number}", steps, f"project {number % projects}", number)


def with_needs(memory: Memory, count: int, projects: int = 4, *, by_chance: bool = False) -> None:
    """Sessions whose patches hold what was seen once in a log, and nothing of what was typed.

    ``by_chance``: they hold any of what was seen or typed.
    """
    draw = random.Random(2)

    def word() -> str:
        return "_".join(draw.choices(_PARTS.split(), k=3))

    for number in range(count):
        seen, typed = [word() for _ in range(150)], [word() for _ in range(150)]
        needed = draw.sample(seen + typed, 12) if by_chance else draw.sample(seen, 12)
        steps = [asked("Make it faster.")]
        for part in range(15):
            some = typed[part * 10 : part * 10 + 10]
            twice = f"python {' '.join(some)} && python {' '.join(some)}"
            log = [
                f"warning: {name} took long" if name in needed and not by_chance else f"saw {name}"
                for name in seen[part * 10 : part * 10 + 10]
            ]
            # Digits are no identifiers: they make room in a deep memory, and are not kept in it.
            log.append("".join(draw.choices("0123456789", k=500)))
            steps.append(acted(twice, "\n".join(log)))
        lines = "\n".join(f"+{name} = 1" for name in needed)
        path = f"src/part{number % 3}.py"
        patch = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n{lines}\n"
        steps.append(acted("submit", patch, "bash", StepFlag.SUBMISSION))
        add(memory, f"session {number}", steps, f"project {number % projects}", number)
