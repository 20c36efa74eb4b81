"""A run of cycles in plain words: the same in the table, on the card and in the log."""

from __future__ import annotations

from app.consolidation.cycle_table import percent, signed
from app.kit.formatting import NOTHING, counted, duration, local_time, number
from app.kit.glyphs import Mark
from app.kit.theme.colour import Colour
from hpm_engine import FORGETTING_BOUND, CycleReport, RunReport, Trigger

APPLIED = Mark("✓", "applied", Colour.GOOD)
UNDONE = Mark("↶", "undone", Colour.MUTED)
BLOCKED = Mark("✗", "blocked: would forget", Colour.BAD)
PARTLY = Mark("◐", "applied in part", Colour.WARN)
PREVIEWED = Mark("◌", "preview, nothing is written yet", Colour.ACCENT)
_PERSON = "person"  # what the audit log calls whoever uses the window
_BEGAN = {
    Trigger.IDLE: "while nobody worked",
    Trigger.TIME: "at its time",
    Trigger.MISSED: "at a time that was made up for",
}


def state(run: RunReport) -> Mark:
    """What became of a run."""
    if run.undone_at is not None:
        return UNDONE
    if run.refused:
        return PARTLY if run.cycles else BLOCKED
    return APPLIED if run.cycles else PREVIEWED


def by_whom(run: RunReport) -> str:
    """Who began a run, and when that was not a person, on what occasion."""
    if run.trigger in _BEGAN:
        return f"by itself, {_BEGAN[run.trigger]}"
    return "you" if run.actor == _PERSON else run.actor


def learned(run: RunReport) -> str:
    """How much a run learned; what a person did to topics learns nothing."""
    return counted(run.memories, "memory", "memories") if run.memories else NOTHING


def recall_check(report: RunReport | CycleReport) -> str:
    """The share that is found again before and after: what a cycle's bound is tested on."""
    if report.found is None or report.found_before is None:
        return NOTHING
    return f"{percent(report.found_before)} → {percent(report.found)}"


def forgotten(run: RunReport) -> str:
    """What a run forgot in all, of what it may: what its bound is tested on."""
    if run.found is None:
        return NOTHING
    bound = FORGETTING_BOUND.value * 100
    return f"{max(0.0, run.forgotten) * 100:.1f} of at most {bound:g} points"


def headline(run: RunReport) -> str:
    """A run in one line."""
    what = f"{counted(run.memories, 'memory', 'memories')}"
    if run.undone_at is not None:
        return f"↶ Undone: {_done(run)}"
    if run.refused and not run.cycles:
        return "✗ Blocked: it would forget too much"
    if run.refused:
        return f"◐ {what} learned, then blocked: the next would forget too much"
    if not run.cycles:
        return f"◌ Preview, nothing is written yet: {what} would be learned"
    return f"✓ {_done(run)}"


def _done(run: RunReport) -> str:
    if run.memories:
        return f"{counted(run.memories, 'memory', 'memories')} learned"
    if run.merged:
        return f"{counted(len(run.merged) + 1, 'topic')} merged into one"
    return f"{counted(len(run.retired), 'topic')} forgotten"


def check_sentence(run: RunReport) -> str:
    """The recall check in a sentence."""
    if run.found is None or run.found_before is None:
        return "Recall check: nothing was known before that could have been forgotten."
    after = "it would be" if not run.cycles else "after"
    change = signed(run.found - run.found_before)
    text = (
        f"Recall check: {percent(run.found_before)} before, {percent(run.found)} {after}"
        f" ({change} points, of {counted(run.canaries, 'memory', 'memories')} that were asked for)."
    )
    if run.cycles > 1:
        text += f" Forgotten on the way: {forgotten(run)}."
    return text


def circumstances(run: RunReport) -> str:
    """When, by whom, and how long it took."""
    parts = [local_time(run.at, seconds=True), by_whom(run)]
    if run.cycles > 1:
        parts.append(f"{number(run.cycles)} cycles")
    parts.append(f"took {duration(round(run.seconds * 1_000_000))}")
    if run.undone_at is not None:
        parts.append(f"undone {local_time(run.undone_at)}")
    if run.left and run.cycles and run.memories:
        parts.append(f"{number(run.left)} were left")
    return " · ".join(parts)
