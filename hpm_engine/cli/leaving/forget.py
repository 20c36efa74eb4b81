"""``hpm forget``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import ErasurePreview, ErasureReport, ErasureTarget, HeldPlace, Memory, open_memory
from hpm_engine.cli.console import arguments, chosen_episodes
from hpm_engine.cli.console.chosen_episodes import EpisodeChoice
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.errors import CannotWrite


@click.command("forget", short_help=COMMANDS["forget"])
@arguments.store
@chosen_episodes.chosen
@click.option("--trash", is_flag=True, help="What is in the trash.")
@click.option("--step", type=arguments.StepNumber(), help="Only this step of the one EPISODE.")
@click.option("--text", default="", metavar="TEXT", help="This text, wherever it stands.")
@click.option(
    "--regex", default="", metavar="EXPRESSION", help="What fits this, wherever it stands."
)
@click.option("--person", default="", metavar="NAME", help="A name or an address, in any case.")
@click.option("--yes", is_flag=True, help="Erase without asking: there is no way back.")
@click.option("--no-relearn", is_flag=True, help="Leave topics that go for the next cycle.")
@arguments.as_json
def command(
    store: Path,
    choice: EpisodeChoice,
    trash: bool,
    step: int | None,
    text: str,
    regex: str,
    person: str,
    yes: bool,
    no_relearn: bool,
    json_: bool,
) -> None:
    """Erase episodes, steps or a text from every byte of a store.

    First it says everything that holds it, each with a count. Erased only after you agree (or with
    --yes): from all tables, searches, original bytes, topics, undo records and caches; the file is
    written anew. There is no way back but a backup. An episode goes with the branches and
    subagents of its session. What a text stood in stays, with [erased] in its place.

    Topics that rested on it are learned again without it, and what the other memories lead back to
    is measured before and after. A pin protects: unpin first. Importing what was erased does not
    bring it back (hpm import --again does). The receipt is a row of the audit log.

    With --json: the preview as one object, and with --yes the receipt as another.

    Example: hpm forget my.hpm --person "ada@example.org"
    """
    patterns = [each for each in (text, regex, person) if each]
    whole = bool(choice.searched or trash or (choice.numbers and step is None))
    if (bool(patterns) + whole + (step is not None)) != 1 or len(patterns) > 1:
        raise click.UsageError(
            "Say one thing: EPISODES (or --query, --project, --agent, --day, --trash), --step of"
            " one EPISODE, --text, --regex or --person."
        )
    if patterns and choice.numbers:
        raise click.UsageError("A text is erased wherever it stands: leave EPISODES out.")
    if step is not None and len(choice.numbers) != 1:
        raise click.UsageError("--step is of one EPISODE.")
    with working() as job, open_memory(store, actor="hpm forget") as memory:
        if patterns:
            target = ErasureTarget(pattern=patterns[0], expression=bool(regex), fold=bool(person))
        elif step is not None:
            number = memory.episodes.detail(choice.numbers[0]).episode.id
            target = ErasureTarget(steps=((number, step),))
        else:
            target = ErasureTarget(episodes=_ids(memory, choice, trash))
            if not target.episodes:
                click.echo("No episode was found; nothing was changed.")
                return
        preview = memory.erasure.preview(target, job)
        _tell_preview(preview, json_)
        if preview.nothing or not _agreed(preview, yes, json_):
            return
        report = memory.erasure.run(target, job, relearn=not no_relearn)
    _tell_report(report, json_)


def _ids(memory: Memory, choice: EpisodeChoice, trash: bool) -> tuple[int, ...]:
    hidden = [episode.id for episode in memory.trash.listed()]
    ids = hidden if trash else []
    names = choice.numbers
    in_trash = [name for name in names if name.isdecimal() and int(name) in hidden]
    shown = tuple(name for name in names if name not in in_trash)
    ids += map(int, in_trash)
    ids += choice._replace(numbers=shown).ids(memory)
    return tuple(dict.fromkeys(ids))


def _agreed(preview: ErasurePreview, yes: bool, json_: bool) -> bool:
    if preview.pinned or preview.pinned_prototypes:
        pins = [f"episode {key}" for key in preview.pinned[:5]]
        pins += [f"topic {key}" for key in preview.pinned_prototypes[:5]]
        raise CannotWrite(f"A pin protects {', '.join(pins)}. Unpin first; nothing was changed.")
    if yes:
        return True
    if json_:
        return False
    return click.confirm("Erase it for good?", default=False, err=True)


def _tell_preview(preview: ErasurePreview, json_: bool) -> None:
    if json_:
        write_json(preview)
        return
    if preview.nothing:
        click.echo("Nothing in the store holds it.")
    else:
        click.echo("What holds it, and goes:")
        click.echo("\n".join(map(_line, preview.places)))
    if preview.along:
        more = plural(preview.along, "branch or subagent", "branches and subagents")
        click.echo(f"{more} of the same sessions among them.")
    if preview.staying:
        click.echo("What this cannot reach:")
        click.echo("\n".join(map(_line, preview.staying)))


def _line(place: HeldPlace) -> str:
    note = f"  ({clean_line(place.note)})" if place.note else ""
    return f"  {place.count:>9,}  {clean_line(place.what)}{note}"


def _tell_report(report: ErasureReport, json_: bool) -> None:
    if json_:
        write_json({"kind": "receipt"} | {name: getattr(report, name) for name in _RECEIPT})
        return
    click.echo(f"Erased: receipt {report.id} of the audit log (hpm audit shows it).")
    click.echo(f"State before {report.before[:16]}…, after {report.after[:16]}…")
    if not report.wiped:
        click.echo(
            "Its bytes are not gone from the file yet: another program reads it. Close that; the"
            " next opening for writing finishes the erasure."
        )
    if report.relearned:
        click.echo(f"{plural(report.relearned, 'topic')} learned again without it.")
    if report.waiting:
        click.echo(f"{plural(report.waiting, 'topic')} went; hpm consolidate learns again.")
    if report.found_before is not None and report.found is not None:
        click.echo(
            f"Of {plural(report.canaries, 'other memory', 'other memories')} topics led back to"
            f" {report.found_before:.0%} before, to {report.found:.0%} now."
        )


_RECEIPT = (
    *("id", "places", "before", "after", "wiped"),
    *("relearned", "waiting", "found_before", "found", "canaries"),
)
