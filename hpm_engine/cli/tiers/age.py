"""``hpm age``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import msgspec

from hpm_engine import (
    AgeingOutlook,
    AgeingReport,
    AgeingSettings,
    BadQuery,
    Budget,
    BudgetKind,
    Originals,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural, size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.config import BUFFER_SIZE

_DAYS = re.compile(r"(\d{1,5})d")
_BUDGET = re.compile(r"(standard|deep)(?::(\d+(?:\.\d+)?))?")


@click.command("age", short_help=COMMANDS["age"])
@arguments.store
@click.option("--preview", is_flag=True, help="Say what would be moved and what would go; no more.")
@click.option(
    "--originals",
    metavar="WHAT",
    help="Set what becomes of whole texts and original bytes: kept, evicted, or 30d (days).",
)
@click.option(
    "--newest", type=click.IntRange(BUFFER_SIZE.least), help="Set how many episodes stay whole."
)
@click.option("--budget", metavar="BUDGET", help="Set the budget: standard, deep, or deep:16.")
@click.option(
    "--project",
    "projects",
    metavar="NAME=BUDGET",
    multiple=True,
    help="Set a project's own budget; NAME= takes it back.",
)
@click.option("--scorer", help="Set who says what is worth keeping; see hpm compress --scorers.")
@click.option(
    "--by-use",
    type=click.Choice(["on", "off"]),
    help="Set whether recalls whose sessions ignored an episode keep it less; off as shipped.",
)
@click.option(
    "--automatic",
    type=click.Choice(["on", "off"]),
    help="Set whether the store's schedule ages it too; see hpm run.",
)
@arguments.as_json
def command(
    store: Path,
    preview: bool,
    originals: str | None,
    newest: int | None,
    budget: str | None,
    projects: tuple[str, ...],
    scorer: str | None,
    by_use: str | None,
    automatic: str | None,
    json_: bool,
) -> None:
    """Compress what is old and out of use; evict what the settings no longer keep.

    The newest episodes stay whole, what is pinned or recalled again and again stays or comes
    back. Whole texts and original bytes stay beside the compressed memories, unless --originals
    says otherwise: evicted ones are deleted permanently, from the search indexes and the file's
    free pages too. Options that set something are kept in the store, then only a preview is shown;
    with --preview they are not even kept.

    With --json: one object.

    Example: hpm age my.hpm --originals 90d --project web=deep
    """
    given = originals, newest, budget, projects or None, scorer, by_use, automatic
    setting = any(option is not None for option in given)
    with open_memory(store, read_only=preview, actor="hpm age") as memory:
        if setting:
            wanted = _settings(memory.compression.ageing.settings(), *given)
            if preview:
                _tell(memory.compression.ageing.outlook(wanted), json_, "With these settings")
                return
            memory.compression.ageing.set(wanted)
        if preview or setting:
            _tell(memory.compression.ageing.outlook(), json_, "The next ageing")
            return
        with working() as job:
            _report(memory.compression.ageing.run(job), json_)


def _settings(
    before: AgeingSettings,
    originals: str | None,
    newest: int | None,
    budget: str | None,
    projects: tuple[str, ...] | None,
    scorer: str | None,
    by_use: str | None,
    automatic: str | None,
) -> AgeingSettings:
    changes: dict[str, Any] = {"newest": newest, "scorer": scorer}
    changes = {name: value for name, value in changes.items() if value is not None}
    if by_use is not None:
        changes["by_use"] = by_use == "on"
    if automatic is not None:
        changes["automatic"] = automatic == "on"
    if originals is not None:
        days = _DAYS.fullmatch(originals)
        if days:
            changes |= {"originals": Originals.DAYS, "days": int(days[1])}
        elif originals in (Originals.KEPT, Originals.EVICTED):
            changes["originals"] = Originals(originals)
        else:
            raise click.UsageError("--originals is kept, evicted, or days as in 30d.")
    if budget is not None:
        changes["budget"] = _budget(budget)
    if projects:
        own = dict(before.projects)
        for text in projects:
            name, equals, value = text.rpartition("=")
            if not equals or not name:
                raise click.UsageError("--project is NAME=BUDGET, or NAME= to take it back.")
            own.pop(name, None)
            own |= {name: _budget(value)} if value else {}
        changes["projects"] = own
    return msgspec.structs.replace(before, **changes)


def _budget(text: str) -> Budget:
    match = _BUDGET.fullmatch(text)
    ratio = float(match[2] or Budget().ratio) if match else 0.0
    if match is None or ratio < 1:
        raise BadQuery(f"{text!r} is no budget. Write standard, deep, or standard:16.", 0)
    return Budget(BudgetKind(match[1]), ratio)


def _tell(outlook: AgeingOutlook, json_: bool, head: str) -> None:
    if json_:
        write_json(outlook)
        return
    settings, going = outlook.settings, outlook.eviction
    days = f" for {plural(settings.days, 'day')}" if settings.originals is Originals.DAYS else ""
    own = "".join(f", {clean_line(n)}: {_in_words(b)}" for n, b in settings.projects.items())
    click.echo(
        f"settings: the {settings.newest:,} newest stay whole; {_in_words(settings.budget)}{own};"
        f" originals {'kept' if days else settings.originals.value}{days};"
        f" {_when(outlook)}"
    )
    click.echo(
        f"{head} would compress {plural(outlook.compress, 'episode')}"
        f" ({size(outlook.compress_size)} of text) and make {outlook.restore:,} whole again."
    )
    if not going.episodes:
        click.echo("Nothing would be deleted now.")
    else:
        span = f", from {moment(going.oldest)} to {moment(going.newest)}" if going.oldest else ""
        click.echo(
            f"Would be deleted permanently: the whole text of {plural(going.episodes, 'episode')}"
            f"{span}: {size(going.text_size)} but for {size(going.kept_size)} that is kept, and"
            f" {size(going.original_size)} of original files. This cannot be undone."
        )
        rows = [
            (
                str(episode.episode_id),
                size(episode.text_size),
                size(episode.kept_size),
                clean_line(episode.name),
            )
            for episode in going.largest[:10]
        ]
        click.echo("\n".join(lines_of(("episode", "text", "kept", "title"), rows)))
    stays = {
        "pinned": going.pinned,
        "among the newest or recalled lately": going.spared,
        "in one file with an episode that stays": going.held,
        "waiting for their days": going.waiting,
    }
    if any(stays.values()):
        said = ", ".join(f"{count:,} {why}" for why, count in stays.items() if count)
        click.echo(f"Compressed and kept whole beside it: {said}.")
    if outlook.unwiped:
        click.echo("Freed pages are not wiped yet: run hpm age again.")


def _when(outlook: AgeingOutlook) -> str:
    if outlook.by_itself:
        return "by the schedule too"
    unasked = ", as nobody agreed to the schedule yet" if outlook.settings.automatic else ""
    return f"only when asked{unasked}"


def _in_words(budget: Budget) -> str:
    return f"{budget.kind.value} 1/{budget.ratio:g}"


def _report(done: AgeingReport, json_: bool) -> None:
    if json_:
        write_json(done)
        return
    packed, gone = done.compressed, done.evicted
    click.echo(
        f"{plural(packed.compressed, 'episode')} compressed, {packed.too_small:,} too small;"
        f" {size(packed.raw_size)} are kept in {size(packed.stored_size)}."
        f" {done.restored:,} made whole again."
    )
    if gone.episodes or gone.freed:
        click.echo(
            f"{plural(gone.episodes, 'episode')} evicted: {size(gone.text_size)} of text and"
            f" {size(gone.original_size)} of original bytes; the store is"
            f" {size(gone.freed)} smaller."
        )
    if not gone.wiped:
        click.echo(
            "Another program reads the store: freed pages are wiped by the next hpm age.", err=True
        )
