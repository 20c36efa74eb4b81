"""What a trace reader hands to the store: an episode and its steps, not yet stored."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hpm_engine.values.episodes import Outcome, Part, StepFlag, StepSource


class StepDraft(msgspec.Struct, frozen=True, gc=False):
    """One step as read from a source.

    ``raw_start`` and ``raw_size`` locate the step's record in the source's bytes (0, 0: none of
    its own). ``tokens_in`` includes cached tokens. Tokens are those of this step alone, already
    freed of the source's repetitions and running totals.
    """

    source: StepSource
    parts: tuple[Part, ...]
    at: int | None = None
    flags: StepFlag = StepFlag.NONE
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    raw_start: int = 0
    raw_size: int = 0


class EpisodeDraft(msgspec.Struct):
    """One session as read from a source; ``steps`` may be a generator, read once, in order.

    ``(format, key)`` is the session's identity: the same session met again, longer, has the same
    key. A subagent names its parent's key. Fields that are known only once the steps have been
    read (``outcome``, ``task``, ``model`` …) may be set by the reader while ``steps`` runs: the
    store looks at them after the last step.
    """

    format: str
    key: str
    steps: Iterable[StepDraft]
    parent_key: str = ""
    continues_key: str = ""
    agent: str = ""
    model: str = ""
    project: str = ""
    cwd: str = ""
    branch: str = ""
    task: str = ""  # what the person asked for first
    title: str | None = None  # given by the person, else the agent; None: the source names none
    agent_title: str = ""  # the agent's, where the person gave another
    task_key: str = ""  # what a labels file names the task by (instance id)
    outcome: Outcome = Outcome.UNKNOWN
    started_at: int | None = None  # default: the earliest step's time
    ended_at: int | None = None
    tokens_in: int | None = None  # default: the sum over steps; set where only sums are stated
    tokens_out: int | None = None
    cost_usd: float | None = None  # default: the sum over steps
    raw_start: int = 0  # this episode's record in the source
    raw_size: int = 0  # 0: the whole source
