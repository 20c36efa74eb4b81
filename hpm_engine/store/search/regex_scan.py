"""Running a person's regular expression over steps so that it can never hang."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from hpm_engine.config import EXPRESSION_SECONDS, EXPRESSION_STEPS
from hpm_engine.errors import BadQuery
from hpm_engine.job import Job
from hpm_engine.query.nodes import Regex
from hpm_engine.store.file.database import Database
from hpm_engine.store.search import step_sets
from hpm_engine.store.search.conditions import Condition
from hpm_engine.store.search.step_sets import StepSet
from hpm_engine.store.texts import Texts

_ONE_TEXT_S = 0.5
_BATCH = 200


class RegexScan:
    """The expressions of one search, within its limits.

    The module ``regex`` is used rather than ``re``: it can be given a time limit, and with
    ``concurrent`` other threads (the window's among them) go on while it works.
    """

    def __init__(self, database: Database, texts: Texts, job: Job) -> None:
        self._db, self._texts, self._job = database, texts, job
        self._until = time.monotonic() + EXPRESSION_SECONDS.value

    def __call__(self, node: Regex, episodes: Condition, among: StepSet | None) -> Sequence[int]:
        """The ids of the steps that fit ``node``, among the given ones; raises ``BadQuery``."""
        import regex  # only who asks for expressions waits for the module

        candidates = self._candidates(episodes, among)
        pattern = regex.compile(node.pattern)
        fitting: list[int] = []
        known: dict[int, bool] = {}  # whether a text fits: many steps share theirs
        for start in range(0, len(candidates), _BATCH):
            self._job.step(start, len(candidates), "Searching by expression", "steps")
            for step, text_id, text in self._of(candidates[start : start + _BATCH], known):
                if text is not None:
                    known[text_id] = self._fits(pattern, text, start, len(candidates))
                if known[text_id] and (not fitting or fitting[-1] != step):
                    fitting.append(step)
        return fitting

    def _candidates(self, episodes: Condition, among: StepSet | None) -> list[int]:
        if among is None:
            # The outer loop over episodes: their steps lie together, and most episodes are out.
            sql = (
                "SELECT d.id FROM episodes e CROSS JOIN (SELECT id FROM step_fts_docsize"
                " UNION ALL SELECT id FROM step_fts_earlier_docsize) d"
                " ON d.id BETWEEN e.id << 24 AND (e.id << 24) + 16777215"
            )
            values = episodes.values
        else:
            ids = step_sets.select(among)
            sql = f"SELECT d.id FROM ({ids.sql}) d JOIN episodes e ON e.id = d.id >> 24"
            values = (*ids.values, *episodes.values)
        rows = self._db.rows(
            f"{sql} WHERE {episodes.sql} LIMIT ?", (*values, EXPRESSION_STEPS.value + 1)
        )
        if len(rows) > EXPRESSION_STEPS.value:
            raise BadQuery(
                f"re: would have to read more than {EXPRESSION_STEPS.value:,} steps. "
                "Add words, a project: or an after: so that fewer are left to look at.",
                0,
            )
        return sorted(step for (step,) in rows)

    def _of(
        self, steps: Sequence[int], known: dict[int, bool]
    ) -> Iterator[tuple[int, int, str | None]]:
        """Each text of ``steps``: its step, its id, and itself unless it is known already."""
        marks = ",".join("?" * len(steps))
        sql = f"SELECT step_id, text_id FROM parts WHERE step_id IN ({marks}) ORDER BY step_id"
        rows: list[tuple[int, int]] = self._db.rows(sql, steps)
        texts = self._texts.get({text_id for _, text_id in rows} - known.keys())
        for step, text_id in rows:
            yield step, text_id, texts.pop(text_id, None)

    def _fits(self, pattern: Any, text: str, done: int, total: int) -> bool:
        self._job.step(done, total, "Searching by expression", "steps")
        left = min(_ONE_TEXT_S, self._until - time.monotonic())
        try:
            if left > 0:
                return pattern.search(text, concurrent=True, timeout=left) is not None
        except TimeoutError:
            if time.monotonic() < self._until:
                raise BadQuery(
                    f"re: takes longer than {_ONE_TEXT_S:g} s for one text. Repetitions inside "
                    "repetitions, as in (a+)+, are slow: write it without them.",
                    0,
                ) from None
        raise BadQuery(
            f"re: read {done:,} of {total:,} steps in {EXPRESSION_SECONDS.value:g} s and was "
            "stopped. Add words, a project: or an after: so that fewer are left to look at.",
            0,
        )
