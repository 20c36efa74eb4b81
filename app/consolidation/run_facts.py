"""A run of cycles as the side pane tells it: what was learned, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.consolidation.cycle_table import percent, signed
from app.consolidation.run_reading import Topic, read_run
from app.consolidation.run_words import by_whom, forgotten, headline, learned, recall_check, state
from app.kit.controls.fact_list import Fact
from app.kit.formatting import counted, duration, exact_time, local_time, number
from app.kit.navigation import Place
from app.kit.plain_text import one_line
from app.kit.selection_facts import FactGroup, SelectionCall, SelectionFacts
from app.kit.view_names import ViewName
from hpm_engine import CycleReport, Job, Memory, RunReport

_PAGE = 200  # runs
_SHOWN = 20  # links of a kind

Go = Callable[[Place], None]


def run_call(at: int | None, go: Go) -> SelectionCall | None:
    """How to read the run of a moment; those that were blocked have no number."""
    return None if at is None else partial(_read, at, go)


def _read(at: int, go: Go, memory: Memory, job: Job) -> SelectionFacts:
    run = _run(memory, at)
    if run is None:
        return SelectionFacts(title="Cycle", name="It is no longer in the history.")
    reading = read_run(memory, job, run)
    mark = state(run)
    return SelectionFacts(
        title=_title(run),
        name=headline(run),
        facts=(
            FactGroup(
                "What happened",
                (
                    Fact("State", str(mark), tone=mark.colour),
                    Fact("Why", one_line(run.refused, 300), tip=run.refused),
                    Fact("When", local_time(run.at, seconds=True), tip=exact_time(run.at)),
                    Fact("By", by_whom(run)),
                    Fact("Took", duration(round(run.seconds * 1_000_000))),
                    Fact("Learned", learned(run)),
                    Fact("Not learned", number(run.left) if run.left else ""),
                    Fact("Recall check", recall_check(run)),
                    Fact("Forgotten", forgotten(run)),
                ),
            ),
            FactGroup("New topics", _links(reading.born, go)),
        ),
        details=(FactGroup("For researchers", _research(memory.consolidation.runs.cycles(run))),),
        related=(FactGroup("Topics that were refreshed", _links(reading.refreshed, go)),),
    )


def _title(run: RunReport) -> str:
    if run.first is None or run.last is None:
        return "Cycle, blocked"
    if run.first == run.last:
        return f"Cycle {number(run.first)}"
    return f"Cycles {number(run.first)} to {number(run.last)}"


def _run(memory: Memory, at: int) -> RunReport | None:
    offset = 0
    while runs := memory.consolidation.runs.listed(offset, _PAGE):
        for run in runs:
            if run.at == at:
                return run
        offset += len(runs)
    return None


def _links(topics: Sequence[Topic], go: Go) -> tuple[Fact, ...]:
    facts = [
        Fact(
            number(position),
            one_line(topic.name, 120),
            go=partial(go, Place(ViewName.PROTOTYPES, prototype_id=topic.id)),
        )
        for position, topic in enumerate(topics[:_SHOWN], start=1)
    ]
    if len(topics) > _SHOWN:
        facts.append(Fact("More", f"{counted(len(topics) - _SHOWN, 'topic')} not shown"))
    return tuple(facts)


def _research(cycles: Sequence[CycleReport]) -> tuple[Fact, ...]:
    if not cycles:
        return ()
    last = cycles[-1]
    kept = last.after
    return (
        Fact("Canaries", number(last.canaries) if last.canaries else ""),
        Fact("Retention", percent(kept.ratio) if kept is not None else ""),
        Fact("ACC", percent(kept.acc) if kept is not None else ""),
        Fact("BWT", signed(kept.bwt) if kept is not None else ""),
        Fact("Held by EWC", counted(len(last.held_by), "prototype") if last.held_by else ""),
        Fact("Last loss", f"{last.loss[-1]:,.1f} nats" if last.loss else ""),
    )
