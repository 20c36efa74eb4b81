"""An episode and a step, put into facts for the side pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.kit.controls.fact_list import Fact
from app.kit.formatting import (
    NOTHING,
    counted,
    duration,
    exact_time,
    local_time,
    number,
    share,
    size,
)
from app.kit.glyphs import held_marks, kept_text
from app.kit.plain_text import one_line
from app.kit.theme.colour import Colour
from hpm_engine import (
    Episode,
    EpisodeDetail,
    EpisodeLink,
    Holding,
    Outcome,
    PartKind,
    PastRecall,
    Step,
    StepFlag,
)

Go = Callable[[int], None]
Recalls = tuple[int, tuple[PastRecall, ...]]  # how many gave an episode, and the last of them

OUTCOMES: dict[Outcome, tuple[str, Colour]] = {
    Outcome.SUCCESS: ("✓ success", Colour.GOOD),
    Outcome.PARTIAL: ("◐ partial", Colour.WARN),
    Outcome.FAILURE: ("✗ failure", Colour.BAD),
    Outcome.UNKNOWN: ("· unlabelled", Colour.MUTED),
}
_FLAGS = {
    StepFlag.ERROR: "a tool call failed",
    StepFlag.NOT_EXECUTED: "not executed",
    StepFlag.INJECTED: "added automatically",
    StepFlag.COMPACTION: "summary in place of context",
    StepFlag.COPIED: "copied from another episode",
    StepFlag.INTERRUPTED: "interrupted by a person",
    StepFlag.TAKEN_BACK: "taken back by a person",
    StepFlag.UNANSWERED: "a call without a result",
    StepFlag.DEMONSTRATION: "demonstration",
    StepFlag.SUBMISSION: "final answer",
    StepFlag.MISTAKE: "the mistake, by a label",
    StepFlag.ABRIDGED: "abridged: only what compression kept",
}


def step_facts(step: Step) -> tuple[Fact, ...]:
    """What is known of one step."""
    tools = [part.name for part in step.parts if part.kind is PartKind.CALL and part.name]
    marks = [text for flag, text in _FLAGS.items() if flag in step.flags]
    failed = bool(step.flags & (StepFlag.ERROR | StepFlag.NOT_EXECUTED))
    text_size = sum(len(part.text.encode("utf-8", "replace")) for part in step.parts)
    return (
        Fact("From", step.source.value),
        Fact("Tools", one_line(", ".join(tools))),
        Fact(
            "Marks",
            ("✗ " if failed else "") + ", ".join(marks) if marks else "",
            tone=Colour.BAD if failed else None,
        ),
        Fact("When", _when(step.at), tip=exact_time(step.at)),
        Fact("Model", one_line(step.model)),
        Fact("Tokens", _tokens(step.tokens_in, step.tokens_out)),
        Fact("Text", f"{size(text_size)} in {counted(len(step.parts), 'part')}"),
    )


def episode_facts(episode: Episode) -> tuple[Fact, ...]:
    """What is known of one episode from its row."""
    outcome, tone = OUTCOMES[episode.outcome]
    lasted = ""
    if episode.started_at is not None and episode.ended_at is not None:
        lasted = duration(max(0, episode.ended_at - episode.started_at))
    errors = f"✗ {number(episode.errors)}" if episode.errors else "0"
    kept, learned = held_marks(episode)
    return (
        Fact("Agent's title", one_line(episode.agent_title)),
        Fact("Task", one_line(episode.task) if episode.task != episode.name else ""),
        Fact("Outcome", outcome, tone=tone),
        Fact("Agent", one_line(episode.agent)),
        Fact("Model", one_line(episode.model)),
        Fact("Project", one_line(episode.project)),
        Fact("Started", _when(episode.started_at), tip=exact_time(episode.started_at)),
        Fact("Lasted", lasted),
        Fact("Steps", f"{number(episode.steps)}, {number(episode.agent_steps)} by the agent"),
        Fact("Tool calls", number(episode.calls)),
        Fact("Errors", errors, tone=Colour.BAD if episode.errors else None),
        Fact("Tokens", _tokens(episode.tokens_in, episode.tokens_out)),
        Fact("Cost", f"${episode.cost_usd:,.2f}" if episode.cost_usd is not None else ""),
        Fact("Text", size(episode.text_size) + (" before" if episode.evicted_at else "")),
        Fact("Kept", kept_text(episode), tone=kept.colour, tip=_kept_tip(episode)),
        Fact(
            "Original deleted",
            _when(episode.evicted_at),
            tone=Colour.WARN,
            tip=_evicted_tip(episode),
        ),
        Fact("Learned", str(learned), tone=learned.colour),
        Fact("Last recalled", _when(episode.last_recalled_at)),
        Fact("Pinned", "yes" if episode.pinned else "no"),
        Fact("Quarantined", one_line(episode.quarantined), tone=Colour.WARN),
        Fact("Tags", one_line(", ".join(episode.tags))),
    )


def lineage_facts(
    detail: EpisodeDetail, go: Go, recalls: Recalls, go_recall: Go, most: int = 50
) -> tuple[Fact, ...]:
    """The episodes that this one comes from, those that came from it, and its recalls, as links."""
    facts = _recall_facts(recalls, go_recall)
    if detail.parent is not None:
        facts.append(_link("Subagent of", detail.parent, go))
    if detail.continues is not None:
        facts.append(_link("Continues", detail.continues, go))
    facts += [_link("Continued by", later, go) for later in detail.continued_by[:most]]
    facts += [
        _link("Another branch of this session", other, go) for other in detail.branches[:most]
    ]
    for position, child in enumerate(detail.children[:most], start=1):
        facts.append(_link(f"Subagent {position:,}", child, go))
    if len(detail.children) > most:
        facts.append(Fact("More", f"{counted(len(detail.children) - most, 'subagent')} not shown"))
    return tuple(facts)


def prototype_facts(held: Sequence[Holding], go: Go, most: int = 20) -> tuple[Fact, ...]:
    """The topics in which an episode's memories were learned, as links."""
    facts = [
        Fact(
            counted(holding.memories, "memory", "memories"),
            one_line(holding.prototype.told, 120),
            tip=f"{holding.prototype.told}\nIt explains {holding.share:.2f} of them by its shares.",
            go=partial(go, holding.prototype.id),
        )
        for holding in held[:most]
    ]
    if len(held) > most:
        facts.append(Fact("More", f"{counted(len(held) - most, 'topic')} not shown"))
    return tuple(facts)


def _recall_facts(recalls: Recalls, go: Go) -> list[Fact]:
    times, last = recalls
    if not last:
        return []
    said = f"{counted(times, 'time')}, last {local_time(last[0].at)}"
    return [Fact("Recalled", said), *(_recall_link(recall, go) for recall in last)]


def _recall_link(recall: PastRecall, go: Go) -> Fact:
    text = f"{local_time(recall.at)} · {one_line(recall.cue, 80)}"
    name = f"by {one_line(recall.actor, 12)}"
    return Fact(name, text, tip=exact_time(recall.at), go=lambda: go(recall.id))


def source_facts(detail: EpisodeDetail) -> tuple[Fact, ...]:
    """The file that an episode came from, and what proves it."""
    return (
        Fact("Format", detail.episode.format),
        Fact("File", detail.source_path, code=True, tip=detail.source_path),
        Fact("Size", size(detail.source_size)),
        Fact("SHA-256", detail.source_sha256, code=True),
        Fact("Episode digest", detail.digest, code=True),
        Fact("Session", detail.episode.key, code=True),
        Fact("Folder", detail.cwd, code=True),
        Fact("Branch", one_line(detail.branch)),
        Fact("Imported", _when(detail.imported_at), tip=exact_time(detail.imported_at)),
    )


def _link(name: str, link: EpisodeLink, go: Go) -> Fact:
    text = f"{one_line(link.name, 120)} · {counted(link.steps, 'step')}"
    return Fact(name, text, go=lambda: go(link.id))


def _kept_tip(episode: Episode) -> str:
    if episode.kept_share is None:
        return ""
    return f"{share(episode.kept_share)} of its steps keep some text"


def _evicted_tip(episode: Episode) -> str:
    if episode.evicted_at is None:
        return ""
    return f"{exact_time(episode.evicted_at)}: only what was kept is left"


def _when(at: int | None) -> str:
    text = local_time(at, seconds=True)
    return "" if text == NOTHING else text


def _tokens(read: int | None, written: int | None) -> str:
    if not read and not written:
        return ""
    return f"{number(read or 0)} in, {number(written or 0)} out"
