"""``hpm recall``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import msgspec

from hpm_engine import (
    GivenFilter,
    GivenMemory,
    Hit,
    Memory,
    NoteAuthor,
    NoteHit,
    NotFound,
    Outcome,
    PastRecall,
    ReadOnlyStore,
    Recall,
    RecallFilter,
    RecallOptions,
    RecallScope,
    Use,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.config import CONTEXT_TOKENS, PRIOR_WEIGHT, RECALL_HITS

_NOTHING = (
    "Nothing was recalled. Try other words of the task, or hpm episodes STORE WORD, which searches "
    "each step; hpm encode lets recall find by meaning too."
)
_GIVEN_HEADS = ("memory", "number", "became", "in step", "name")
_PAST_HEADS = ("id", "when", "actor", "episodes", "injected", "used", "into", "cue")


@click.command("recall", short_help=COMMANDS["recall"])
@arguments.store
@click.argument("cue", nargs=-1)
@click.option(
    "-k",
    "--count",
    type=click.IntRange(RECALL_HITS.least),
    default=RECALL_HITS.value,
    show_default=True,
    help="How many episodes at most.",
)
@click.option("--project", default="", help="Only this project.")
@click.option("--agent", default="", help="Only this agent, for example claude-code.")
@click.option(
    "--outcome",
    type=click.Choice([outcome.value for outcome in Outcome]),
    help="Only this outcome.",
)
@click.option("--from", "since", type=arguments.Moment(), help="Only what began then or later.")
@click.option("--to", "until", type=arguments.Moment(), help="Only what began before.")
@click.option("--tag", default="", help="Only episodes with this tag.")
@click.option("--as-agent", default="", help="Ask as this agent, by the rules of hpm visibility.")
@click.option("--as-project", default="", help="Ask as somebody at work on this project.")
@click.option("--without-tag", default="", help="Leave out episodes with this tag.")
@click.option("--top-level", is_flag=True, help="Leave subagents out.")
@click.option(
    "--without",
    multiple=True,
    metavar="EPISODE",
    help="As if this episode were absent; not recorded. May be given more than once.",
)
@click.option(
    "--recency",
    type=click.FloatRange(PRIOR_WEIGHT.least, PRIOR_WEIGHT.most),
    default=PRIOR_WEIGHT.value,
    help="Weight of how lately an episode ended; 0, the default, was best in trials.",
)
@click.option(
    "--importance",
    type=click.FloatRange(PRIOR_WEIGHT.least, PRIOR_WEIGHT.most),
    default=PRIOR_WEIGHT.value,
    help="Weight of pins, earlier recalls and success; 0 by default.",
)
@click.option(
    "--use",
    type=click.FloatRange(PRIOR_WEIGHT.least, PRIOR_WEIGHT.most),
    default=PRIOR_WEIGHT.value,
    help="Weight of how many sessions used it of those that were given it; 0 by default.",
)
@click.option(
    "--tokens",
    type=click.IntRange(CONTEXT_TOKENS.least),
    default=CONTEXT_TOKENS.value,
    show_default=True,
    help="Room for the context block.",
)
@click.option(
    "--best-steps",
    type=click.IntRange(0, 1_000),
    default=0,
    metavar="COUNT",
    help="Also list this many of the best steps of all episodes; slower in a large store.",
)
@click.option("--into", default="", help="Where the context block goes, for the record.")
@click.option("--context", "only_context", is_flag=True, help="Write the context block alone.")
@click.option("--no-record", is_flag=True, help="Open the store for reading only.")
@click.option(
    "--openings",
    is_flag=True,
    help="First encode what lacks it by MiniLM, if installed: 0.1 s per episode, ranks better.",
)
@click.option("--past", is_flag=True, help="List the recorded recalls, newest first.")
@click.option(
    "--given",
    type=click.IntRange(1),
    metavar="RECALL",
    help="List what a recorded recall gave to a session, and whether it was used.",
)
@arguments.as_json
def command(
    store: Path,
    cue: tuple[str, ...],
    count: int,
    without: tuple[str, ...],
    only_context: bool,
    no_record: bool,
    openings: bool,
    past: bool,
    given: int | None,
    json_: bool,
    **asked: object,
) -> None:
    """Recall the episodes that answer a cue, with the reasons.

    CUE is what an agent would ask: a task, an error, a question. What is new in the store is
    indexed for recall first. Every recall is recorded, unless --no-record or --without is given.
    Of episodes that nearly equal each other, asked and done alike in one project, the latest is
    given; the others are counted and named.

    What agents' memories note about it stands below the episodes; hpm notes shows those notes. Only
    with --as-agent or --as-project are notes in the context block: of that project and for
    everywhere, by the rules of hpm visibility, in a fifth of its room at most.

    What a session was given is compared with what the session did afterwards, once it is imported
    and the store is prepared: used, looked at, ignored, too little to tell, or not known yet.

    With --json: one object with the hits, the parts of their scores and the context block; with
    --past one line for each recorded recall; with --given one for each memory that it gave.

    Example: hpm recall my.hpm "the basket loses its discount" --project shop --context
    """
    if past or given is not None:
        if cue:
            raise click.UsageError(f"--{'past' if past else 'given'} takes no CUE.")
        if given is not None:
            _given(store, given, json_)
        else:
            _past(store, json_)
        return
    options = RecallOptions(
        recency=float(str(asked["recency"])),
        importance=float(str(asked["importance"])),
        use=float(str(asked["use"])),
        steps_of_all=int(str(asked["best_steps"])),
        budget=int(str(asked["tokens"])),
        into=str(asked["into"]),
        record=not no_record,
    )
    with working() as job, _opened(store, no_record) as memory:
        if not no_record:
            memory.recall.prepare(job, openings)
        absent = [memory.episodes.detail(name).episode.id for name in without]
        scope = _scope(asked)
        recall = memory.recall.ask(" ".join(cue), count, scope, absent, options)
        person = scope.reader is None
        noted = memory.memory_notes.like(" ".join(cue)) if person else list(recall.noted)
    for note in recall.notes:
        click.echo(clean_line(note), err=True)
    if json_:
        fields = msgspec.structs.asdict(recall)
        del fields["noted"]  # the same, of an agent's recall alone
        write_json(fields | {"memory_notes": noted})
    elif only_context:
        click.echo(clean(recall.context.text), nl=False)
    else:
        click.echo(_page(recall))
        if noted:
            click.echo("\n" + "\n".join(["notes that say something like it", *map(_noted, noted)]))
    if not (recall.hits or noted or json_):
        click.echo(_NOTHING, err=True)


def _noted(hit: NoteHit) -> str:
    note = hit.note
    by = f"by {'an agent' if note.author is NoteAuthor.AGENT else 'a person'}"
    return f"   note {note.id}, {by}, {clean_line(note.called)}: {clean_line(hit.excerpt)}"


def _scope(asked: dict[str, object]) -> RecallScope:
    outcome, since, until = asked["outcome"], asked["since"], asked["until"]
    return RecallScope(
        project=str(asked["project"]),
        agent=str(asked["agent"]),
        since=since if isinstance(since, int) else None,
        until=until if isinstance(until, int) else None,
        outcome=Outcome(str(outcome)) if outcome else None,
        tag=str(asked["tag"]),
        without_tag=str(asked["without_tag"]),
        reader=arguments.reader(str(asked["as_agent"]), str(asked["as_project"])),
        top_level=bool(asked["top_level"]),
    )


def _page(recall: Recall) -> str:
    hits = [_hit(rank, hit) for rank, hit in enumerate(recall.hits, 1)]
    stages = ", ".join(f"{stage.name} {stage.ms:.1f} ms" for stage in recall.stages)
    accepted, noted = len(recall.context.note_ids), len(recall.context.noted_ids)
    notes = f" and {plural(accepted, 'accepted note')}" if accepted else ""
    notes += f" and {plural(noted, 'note')} of memories" if noted else ""
    foot = (
        f"{len(recall.hits)} of {plural(recall.candidates, 'candidate')}; context block of "
        f"{plural(recall.context.tokens, 'token')} with "
        f"{plural(len(recall.context.episode_ids), 'episode')}{notes}\n{stages}"
    )
    best = [
        f"   {step.episode_id} #{step.seq + 1}: {clean_line(step.excerpt)}" for step in recall.steps
    ]
    if best:
        hits.append("\n".join(["best steps of all (episode #step)", *best]))
    return "\n\n".join([*hits, foot])


def _hit(rank: int, hit: Hit) -> str:
    episode = hit.episode
    learned = "learned" if episode.learned else "not learned"
    facts = (
        *(moment(episode.started_at), episode.project, episode.agent),
        *(episode.outcome.value, episode.kept.value, learned),
    )
    shares = [f"{part.name} {part.share:.0%}" for part in hit.parts if part.share >= 0.005]
    lines = [
        f"{rank}. episode {episode.id}  score {hit.score:.2f}  {clean_line(episode.name)}",
        "   " + clean_line(", ".join(filter(None, facts))),
        f"   why: {', '.join(shares)}; words: {clean_line(', '.join(hit.terms))}",
    ]
    lines += [f"   #{step.seq + 1}: {clean_line(step.excerpt)}" for step in hit.steps]
    if hit.alike:
        ids = ", ".join(str(alike.episode_id) for alike in hit.alike)
        lines.append(f"   {hit.others}: {'episode' if len(hit.alike) == 1 else 'episodes'} {ids}")
    return "\n".join(lines)


def _opened(store: Path, no_record: bool) -> Memory:
    try:
        return open_memory(store, read_only=no_record, actor="hpm recall")
    except ReadOnlyStore as error:
        raise ReadOnlyStore(f"{error} Or use --no-record, which reads only.") from error


def _past(store: Path, json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        recalls = _recorded(memory)
    if json_:
        for recall in recalls:
            write_json(recall)
    elif recalls:
        click.echo("\n".join(lines_of(_PAST_HEADS, list(map(_past_row, recalls)), widest="cue")))
    else:
        click.echo("No recalls are recorded in this store.", err=True)


def _recorded(memory: Memory) -> list[PastRecall]:
    return memory.recall.past(0, memory.recall.past_count())


def _used(recall: PastRecall) -> str:
    """What became of all that a session was given, in short: "1 used, 2 ignored"."""
    uses = [hit.use for hit in recall.hits if hit.injected]
    counts = Counter([*uses, *(note.use for note in recall.notes)])
    return ", ".join(f"{counts[use]} {use.value}" for use in Use if counts[use])


def _given(store: Path, recall_id: int, json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        if not memory.recall.past_count(RecallFilter(recall_id=recall_id)):
            raise NotFound(f"{store}: there is no recorded recall {recall_id}.")
        given = memory.recall.given(GivenFilter(recall_id=recall_id), limit=-1)
    if json_:
        for memory_ in given:
            write_json(memory_)
    elif given:
        click.echo("\n".join(lines_of(_GIVEN_HEADS, list(map(_given_row, given)), widest="name")))
    else:
        click.echo("This recall gave nothing to a session.", err=True)


def _given_row(given: GivenMemory) -> tuple[object, ...]:
    step = "" if given.step is None else f"{given.step.episode_id} #{given.step.seq + 1}"
    return given.kind.value, given.id, given.use.value, step, given.name


def _past_row(recall: PastRecall) -> tuple[object, ...]:
    injected = sum(hit.injected for hit in recall.hits)
    return (
        recall.id,
        moment(recall.at),
        recall.actor,
        len(recall.hits),
        injected,
        _used(recall),
        recall.into,
        recall.cue,
    )
