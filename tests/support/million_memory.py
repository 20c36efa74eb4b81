"""A memory of any number of made-up episodes, to see what a window asks of a large one."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from types import TracebackType

from hpm_engine import (
    BadQuery,
    DayGroup,
    Episode,
    EpisodeList,
    EpisodeQuery,
    FacetCounts,
    Facets,
    Job,
    Outcome,
    Part,
    PartKind,
    SavedSearch,
    Step,
    StepFlag,
    StepOutline,
    StepSource,
    Sums,
    Tier,
)


def made_up_episode(episode_id: int, task: str = "", **fields: object) -> Episode:
    known = {
        "id": episode_id,
        "format": "made-up",
        "key": f"key {episode_id}",
        "agent": "tester",
        "model": "model",
        "project": "project",
        "task": task or f"task {episode_id}",
        "outcome": Outcome.FAILURE,
        "tier": Tier.EPISODIC,
        "started_at": 1_700_000_000_000_000 + episode_id,
        "ended_at": None,
        "steps": 12_345,
        "agent_steps": 1,
        "calls": 2,
        "errors": 3,
        "tokens_in": 4,
        "tokens_out": 5,
        "cost_usd": None,
        "text_size": 1_234_567,
        "pinned": True,
        "tags": ("good",),
        "children": 0,
        "kept_share": None,
        "last_recalled_at": None,
    }
    return Episode(**{**known, **fields})  # type: ignore[arg-type]


class MillionMemory:
    """Stands where ``open_memory`` would: ids 1 to ``count``, each with ``steps`` steps.

    It is its own groups: no two of them have a method of one name that it has.
    """

    def __init__(self, count: int, steps: int = 3, text: str = "a text") -> None:
        self.count, self.step_count, self.text = count, steps, text
        self.episodes = self.steps = self.originals = self.searches = self
        self.calls: list[str] = []
        self.asked: list[tuple[int, int]] = []  # first id and number of each page asked for
        self.steps_asked: list[tuple[int, int | None]] = []
        self.gate = threading.Event()  # pages wait for it
        self.gate.set()
        self.failure: Exception | None = None

    def __enter__(self) -> MillionMemory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gate.set()

    def find(self, query: EpisodeQuery, job: Job | None = None) -> EpisodeList:
        if query.text == '"':
            raise BadQuery("The quotation mark at position 0 is never closed.", 0)
        if self.failure is not None:
            raise self.failure
        count = 0 if query.text == "nothing" else self.count
        ids = range(count, 0, -1) if query.descending else range(1, count + 1)
        return EpisodeList(array("q", ids).tobytes(), 7 if query.text else 0)

    def day_groups(self, episodes: EpisodeList) -> tuple[DayGroup, ...]:
        return ()

    def get(self, ids: Sequence[int]) -> list[Episode]:
        self.calls.append("get")
        self.gate.wait(10)
        self.asked.append((ids[0], len(ids)))
        return [made_up_episode(i, self.text) for i in ids]

    def facet_counts(self, text: str, job: Job | None = None) -> FacetCounts:
        self.calls.append("facet_counts")
        counts = (("project", self.count), ("a b", 3))
        return FacetCounts({"project": counts, "agent": (("tester", self.count), ("codex", 1))})

    def all(self) -> tuple[SavedSearch, ...]:
        return (SavedSearch("mine", "disk full", 0),)

    def sums(self, ids: bytes) -> Sums:
        count = len(ids) // 8
        return Sums(count, count * 60_000_000, count * 10, count * 1_000, count * 0.5, count)

    def facets(self) -> Facets:
        self.calls.append("facets")
        return Facets((("project", self.count),), (("tester", self.count),), (), ())

    def outline(self, episode_id: int) -> list[StepOutline]:
        trouble = dict.fromkeys(range(0, self.step_count, 50), StepFlag.ERROR)
        return [
            StepOutline(
                seq,
                StepSource.AGENT if seq % 2 else StepSource.USER,
                trouble.get(seq, StepFlag.NONE),
                1_700_000_000_000_000 + seq,
                "bash" if seq % 2 else "",
                len(self.text),
                messages=1,
                thoughts=1,
                calls=1,
            )
            for seq in range(self.step_count)
        ]

    def read(self, episode_id: int, start: int = 0, stop: int | None = None) -> list[Step]:
        self.steps_asked.append((start, stop))
        end = self.step_count if stop is None else min(stop, self.step_count)
        return [self._step(episode_id, seq) for seq in range(start, end)]

    def _step(self, episode_id: int, seq: int) -> Step:
        parts = tuple(
            Part(kind, self.text, "bash" if kind is PartKind.CALL else "", is_error=False)
            for kind in PartKind
        )
        return Step(episode_id, seq, StepSource.AGENT, StepFlag.NONE, None, "model", 1, 2, parts)

    def matching(self, episode_id: int, text: str, job: Job | None = None) -> list[int]:
        return [seq for seq in (2, 70, 900) if seq < self.step_count]

    def step(self, episode_id: int, seq: int) -> bytes:
        return self.text.encode("utf-8", "surrogatepass")

    def record(self, episode_id: int) -> bytes:
        return self.text.encode("utf-8", "surrogatepass")
