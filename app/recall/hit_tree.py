"""The hits of a recall as a tree: under each episode its best steps, and those like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.kit.formatting import local_time, number, stamped_time
from app.kit.glyphs import OUTCOMES, USES, held_marks
from app.kit.plain_text import one_line, tip
from app.recall.recall_answer import HitRow
from app.recall.shares import in_words
from hpm_engine import Alike, Episode, ScorePart, StepHit

ROW = Qt.ItemDataRole.UserRole  # the HitRow, StepHit or Alike itself
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TOP = 0  # internal id of hits; a step has the number of its hit's row, from 1


class HitTree(QAbstractItemModel):
    """A model of one column; a row itself is painted, its text is read aloud."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[HitRow, ...] = ()

    def show_rows(self, rows: tuple[HitRow, ...]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def renew(self, episodes: Mapping[int, Episode | None]) -> None:
        """Show the same hits with their episodes as they are now; ``None`` for one that is gone."""
        for position, row in enumerate(self.rows):
            if row.episode_id in episodes and episodes[row.episode_id] != row.episode:
                changed = msgspec.structs.replace(row, episode=episodes[row.episode_id])
                self.rows = (*self.rows[:position], changed, *self.rows[position + 1 :])
                self.dataChanged.emit(self.index(position, 0), self.index(position, 0))

    def index_of(self, episode_id: int, seq: int | None = None) -> QModelIndex:
        """The index of a hit, of one of its steps, or of an episode like it; invalid if absent."""
        for position, row in enumerate(self.rows):
            if row.episode_id != episode_id:
                continue
            hit = self.index(position, 0)
            for number_, step in enumerate(row.steps):
                if step.seq == seq:
                    return self.index(number_, 0, hit)
            return hit
        for position, row in enumerate(self.rows):
            for number_, other in enumerate(row.alike, start=len(row.steps)):
                if other.episode_id == episode_id:
                    return self.index(number_, 0, self.index(position, 0))
        return QModelIndex()

    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:  # noqa: D102
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: _Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # noqa: D102
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(int(index.internalId()) - 1, 0, _TOP)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        if not parent.isValid():
            return len(self.rows)
        if parent.internalId() != _TOP or parent.row() >= len(self.rows):
            return 0
        row = self.rows[parent.row()]
        return len(row.steps) + len(row.alike)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself, its text, or every part of its score as the tip."""
        if not index.isValid():
            return None
        row = self._row(index)
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(_more(row))
        return None

    def _row(self, index: _Index) -> HitRow | StepHit | Alike:
        if index.internalId() == _TOP:
            return self.rows[index.row()]
        hit = self.rows[int(index.internalId()) - 1]
        below: tuple[StepHit | Alike, ...] = (*hit.steps, *hit.alike)
        return below[index.row()]


def _more(row: HitRow | StepHit | Alike) -> str:
    if isinstance(row, HitRow):
        return reasons(row)
    return row.excerpt if isinstance(row, StepHit) else like(row)


def title(row: HitRow) -> str:
    """The title of a hit, or what can be said of one that is gone."""
    return one_line(row.name) or f"Episode {row.episode_id}, no longer in the store"


def facts(row: HitRow, when: Callable[[int | None], str] = local_time) -> list[str]:
    """The facts of a hit's episode, in short; ``when`` writes its time."""
    episode = row.episode
    if episode is None:
        return [f"episode {row.episode_id}"]
    parts = [str(OUTCOMES[episode.outcome]), *([row.others] if row.others else [])]
    parts += map(str, held_marks(episode))
    parts += [one_line(fact, 40) for fact in (episode.project, episode.agent) if fact]
    return [*parts, when(episode.started_at)]


def moved(row: HitRow) -> str:
    """The change of a rank since something was left out, as text."""
    if row.before is None:
        return ""
    if not row.before:
        return "new"
    by = row.before - row.rank
    return f"▲ {by}" if by > 0 else f"▼ {-by}" if by < 0 else "="


def like(other: Alike, when: Callable[[int | None], str] = local_time) -> str:
    """An episode that nearly equals a hit, in one line."""
    name = one_line(other.name) or f"episode {other.episode_id}"
    return f"{when(other.started_at)} · {name} · score {other.score:.2f}"


def spoken(row: HitRow | StepHit | Alike) -> str:
    """A row in one line; its time has the offset, as the line may be copied."""
    if isinstance(row, Alike):
        return f"Like it: {like(row, stamped_time)}"
    if isinstance(row, StepHit):
        return f"Step {number(row.seq + 1)}: {one_line(row.excerpt, 400)}"
    words = [f"{row.rank}. {title(row)}", *facts(row, stamped_time), f"score {row.score:.2f}"]
    words += [in_words(row.shares)] if row.shares else []
    words += [f"terms {', '.join(row.terms)}"] if row.terms else []
    words += ["in the context block"] if row.injected else []
    words += [USES[row.use].word] if row.use is not None else []
    if row.before is not None:
        words.append(f"rank {row.before} before" if row.before else "new")
    return " · ".join(words)


def reasons(row: HitRow) -> str:
    """Every part of a score, largest first."""
    lines = [f"{title(row)[:200]}", f"score {row.score:.2f}"]
    if row.parts:
        ordered = sorted(row.parts, key=lambda part: -part.weight * part.value)
        lines += [_reason(part) for part in ordered if part.weight]
    else:
        lines += [f"{name}: {share * 100:.0f} %" for name, share in row.shares if share]
    if row.terms:
        lines.append(f"terms: {', '.join(row.terms)}")
    return "\n".join(lines)


def _reason(part: ScorePart) -> str:
    given = part.weight * part.value
    return (
        f"{part.name}: {given:+.2f} = {part.weight:g} times {part.value:+.2f} (raw {part.raw:.3g})"
    )
