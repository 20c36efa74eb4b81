"""What one rule finds for a line, and how findings of several rules make one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hpm_engine.evidence.acts import StepAct
from hpm_engine.values.note_evidence import Bearing, EvidenceStep, NoteVerdict

_SHOWN = 4  # steps of each bearing
_LINE = 160  # characters
_WORST_FIRST = (
    NoteVerdict.CONTRADICTED,
    NoteVerdict.OUTDATED,
    NoteVerdict.TRUE,
    NoteVerdict.NEVER,
    NoteVerdict.NOTHING,
)


class Finding(NamedTuple):
    """A verdict with its reason and the acts that speak for it."""

    verdict: NoteVerdict
    reason: str
    good: Sequence[StepAct] = ()
    bad: Sequence[StepAct] = ()
    changed: Sequence[StepAct] = ()

    def steps(self) -> tuple[EvidenceStep, ...]:
        """The latest few steps of each bearing."""
        shown: dict[tuple[int, int, Bearing], EvidenceStep] = {}
        for bearing, acts in (
            (Bearing.AGAINST, self.bad),
            (Bearing.CHANGED, self.changed),
            (Bearing.FOR, self.good),
        ):
            latest = sorted(acts, key=lambda act: act.order, reverse=True)
            kept = 0
            for act in latest:
                key = (act.episode_id, act.seq, bearing)
                if key not in shown and kept < _SHOWN:
                    shown[key] = EvidenceStep(
                        act.episode_id, act.seq, act.at or None, bearing, _line(act)
                    )
                    kept += 1
        return tuple(shown.values())


def worst(findings: Sequence[Finding]) -> Finding:
    """The finding that decides a line: a contradiction before all, then what is outdated."""
    if not findings:
        return Finding(NoteVerdict.NOTHING, "It names nothing that sessions could show.")
    return min(findings, key=lambda finding: _WORST_FIRST.index(finding.verdict))


def _line(act: StepAct) -> str:
    text = f"changed {act.path}" if act.kind == "change" else act.text
    text = " ".join(text[: 4 * _LINE].split())
    failed = "" if act.worked else " (failed)"
    return (text if len(text) <= _LINE else f"{text[: _LINE - 1]}…") + failed
