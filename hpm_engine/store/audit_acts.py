"""The audit log as acts: found in one pass over the heads of its rows, told a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hpm_engine.audit.acts import MARK_ACTIONS, RowHead, acts
from hpm_engine.audit.chain import microseconds
from hpm_engine.audit.sentences import episodes_of, group_sentence, sentence, subject_of
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog, filtered
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.values.audit_acts import ActSpan, AuditAct, AuditChoices, Names, RowSums
from hpm_engine.values.reports import AuditFilter, AuditRow

_LONGEST = 10_000  # characters of a detail that is looked into for a group
_SUMMED = ("steps_added", "files", "episodes", "steps", "vectors", "memories")
_SEVERAL = "several"


class AuditActs:
    """The acts of a store's log."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db = database
        self._log = log

    def spans(self, wanted: AuditFilter, job: Job) -> tuple[ActSpan, ...]:
        """The acts of the rows that a filter finds, oldest first."""
        where, values = filtered(wanted)
        marks = ", ".join(f"'{action}'" for action in MARK_ACTIONS)
        cursor = self._db.execute(
            "SELECT seq, at, actor, action,"
            f" CASE WHEN action IN ({marks}) AND length(detail) <= {_LONGEST} THEN coalesce("
            f"(SELECT substr(c.text, 1, {_LONGEST}) FROM audit_contents c WHERE c.seq = audit.seq),"
            f" detail) ELSE '' END FROM audit{where} ORDER BY seq",
            values,
        )
        return tuple(acts(_heads(cursor, job)))

    def rows_of(self, wanted: AuditFilter, span: ActSpan) -> tuple[ActSpan, ...]:
        """Each row of an act as an act of its own, oldest first."""
        where, values = filtered(wanted, "seq BETWEEN ? AND ?", (span.first, span.last))
        rows = self._db.rows(f"SELECT seq FROM audit{where} ORDER BY seq", values)
        return tuple(ActSpan(seq, seq, 1) for (seq,) in rows)

    def in_words(self, wanted: AuditFilter, spans: Sequence[ActSpan]) -> list[AuditAct]:
        """Acts in sentences, in the order of their spans."""
        rows = {row.seq: row for row in self._rows([span.last for span in spans])}
        names = self.names(rows.values())
        return [self._act(wanted, span, rows.get(span.last), names) for span in spans]

    def names(self, rows: Iterable[AuditRow]) -> Names:
        """What the subjects of rows are called now."""
        episodes: set[int] = set()
        subjects: dict[str, set[int]] = {"prototype": set(), "recall": set()}
        for row in rows:
            kind, number = subject_of(row)
            if kind in subjects:
                subjects[kind].add(number)
            episodes.update(episodes_of(row))
        return Names(
            episodes=self._named(f"SELECT e.id, {NAME} FROM episodes e WHERE e.id", episodes),
            prototypes=self._named(
                "SELECT prototype_id, name FROM prototype_marks WHERE name <> '' AND prototype_id",
                subjects["prototype"],
            ),
            cues=self._named("SELECT id, cue FROM recalls WHERE id", subjects["recall"]),
        )

    def choices(self) -> AuditChoices:
        """Who acts in the log and what they do."""
        return AuditChoices(*(self._counts(column) for column in ("actor", "action")))

    def _counts(self, column: str) -> tuple[tuple[str, int], ...]:
        sql = f"SELECT {column}, count(*) FROM audit GROUP BY 1 ORDER BY 2 DESC, 1"
        return tuple((str(value), count) for value, count in self._db.rows(sql))

    def _act(
        self, wanted: AuditFilter, span: ActSpan, row: AuditRow | None, names: Names
    ) -> AuditAct:
        if row is None:
            return AuditAct(span, 0, "", "", ())
        if span.rows == 1:
            episodes = len(episodes_of(row))
            return AuditAct(span, row.at, row.actor, row.action, sentence(row, names), episodes)
        sums = self._sums(wanted, span)
        action = sums[0].action if len(sums) == 1 else _SEVERAL
        words = group_sentence(sums, row.actor)
        return AuditAct(span, row.at, row.actor, action, words, max(each.subjects for each in sums))

    def _rows(self, numbers: Sequence[int]) -> list[AuditRow]:
        return self._log.numbered(numbers)

    def _sums(self, wanted: AuditFilter, span: ActSpan) -> list[RowSums]:
        where, values = filtered(wanted, "seq BETWEEN ? AND ?", (span.first, span.last))
        read = f"json_valid(detail) AND length(detail) <= {_LONGEST}"
        sums = ", ".join(
            f"coalesce(sum(CASE WHEN {read} AND json_type(detail, '$.{name}') = 'integer'"
            f" THEN json_extract(detail, '$.{name}') END), 0)"
            for name in _SUMMED
        )
        rows = self._db.rows(
            "SELECT action, count(*), count(DISTINCT subject), substr(min(coalesce("
            "(SELECT c.text FROM audit_contents c WHERE c.seq = audit.seq), detail)),"
            f" 1, {_LONGEST}),"
            f" {sums} FROM audit{where} GROUP BY action ORDER BY 2 DESC, 1",
            values,
        )
        return [
            RowSums(action, count, subjects, dict(zip(_SUMMED, figures, strict=True)), sample)
            for action, count, subjects, sample, *figures in rows
        ]

    def _named(self, sql: str, keys: set[int]) -> dict[int, str]:
        marks = ", ".join("?" * len(keys))
        return dict(self._db.rows(f"{sql} IN ({marks})", tuple(keys)))


def _heads(rows: Iterable[Any], job: Job) -> Iterator[RowHead]:
    for count, (seq, at, actor, action, detail) in enumerate(rows):
        if not count % 1000:
            job.step(count, note="reading the log", unit="rows")
        yield RowHead(seq, _moment(at), str(actor), str(action), str(detail))


def _moment(at: Any) -> int:
    try:
        return microseconds(at)
    except (ValueError, TypeError):
        return 0
