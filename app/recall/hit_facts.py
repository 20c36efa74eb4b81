"""A recall, and a hit of it, as the side pane tells them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.kit.controls.fact_list import Fact
from app.kit.controls.given_facts import entered_facts, use_fact
from app.kit.formatting import counted, exact_time, local_time, number
from app.kit.navigation import Place
from app.kit.plain_text import one_line
from app.kit.selection_facts import FactGroup, SelectionCall, SelectionFacts
from app.kit.view_names import ViewName
from app.recall.recall_answer import Answer, HitRow
from app.recall.shares import in_words
from hpm_engine import GivenFilter, Job, Memory, PastRecall, RecallFilter

_SHOWN = 20  # hits of a past recall
_CUE = 60  # characters of it in the title

Go = Callable[[Place], None]


def hit_call(answer: Answer | None, episode_id: int | None, go: Go) -> SelectionCall | None:
    """How the hit of an answer that is shown is told, with its episode; None where it has none."""
    rows = () if answer is None else answer.rows
    row = next((row for row in rows if row.episode_id == episode_id), None)
    if answer is None or row is None:
        return None
    cue, hit = _cue(answer), (*_hit(row), *use_fact(row.use, row.used_in, go))

    def read(_memory: Memory, _job: Job) -> SelectionFacts:
        return SelectionFacts(
            title=f"Recall of “{one_line(cue, _CUE)}”" if cue else "Recall",
            facts=(FactGroup("This hit", hit),),
            with_episode=True,
        )

    return read


def past_call(recall_id: int | None, go: Go) -> SelectionCall | None:
    """How to read a recorded recall by its id."""
    return None if recall_id is None else partial(_read_past, recall_id, go)


def _read_past(recall_id: int, go: Go, memory: Memory, _job: Job) -> SelectionFacts:
    recalls = memory.recall.past(0, 1, RecallFilter(recall_id=recall_id))
    if not recalls:
        return SelectionFacts(title="Recall", name="It is no longer recorded.")
    past = recalls[0]
    given = memory.recall.given(GivenFilter(recall_id=recall_id))
    return SelectionFacts(
        title=f"Recall of “{one_line(past.cue, _CUE)}”",
        facts=(FactGroup("The recall", _recall(past)),),
        details=(FactGroup("Context block", (Fact("SHA-256", past.context_sha256, code=True),)),),
        related=(
            FactGroup("What it gave", _given(past, go)),
            FactGroup("What the session made of it", entered_facts(given, go, _SHOWN)),
        ),
    )


def _cue(answer: Answer) -> str:
    if answer.past is not None:
        return answer.past.cue
    return answer.recall.cue if answer.recall is not None else ""


def _hit(row: HitRow) -> tuple[Fact, ...]:
    return (
        Fact("Rank", number(row.rank)),
        Fact("Score", f"{row.score:.2f}"),
        Fact("Why", in_words(row.shares)),
        Fact("Words", one_line(", ".join(row.terms))),
        Fact("Given to the agent", "yes" if row.injected else "no"),
    )


def _recall(past: PastRecall) -> tuple[Fact, ...]:
    return (
        Fact("Asked", one_line(past.cue, 300), tip=past.cue),
        Fact("When", local_time(past.at, seconds=True), tip=exact_time(past.at)),
        Fact("By", one_line(past.actor, 60)),
        Fact("Given to", one_line(past.into, 120)),
        Fact("Took", f"{past.ms:,.0f} ms"),
        Fact("Context", counted(past.tokens, "token")),
        Fact("Found", counted(len(past.hits), "episode")),
    )


def _given(past: PastRecall, go: Go) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            f"{number(rank)}.",
            one_line(hit.name, 120) or "not there now",
            go=partial(go, Place(ViewName.RECALL, hit.episode_id, None, past.id))
            if hit.name
            else None,
        )
        for rank, hit in enumerate(past.hits[:_SHOWN], start=1)
    )
