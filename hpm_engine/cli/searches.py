"""``hpm searches``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Changed, Memory, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of, moment
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("searches", short_help=COMMANDS["searches"])
@arguments.store
@click.argument("query", nargs=-1, shell_complete=arguments.complete_query)
@click.option("--save", metavar="NAME", help="Keep QUERY under this name, in place of what had it.")
@click.option("--rename", nargs=2, metavar="NAME NEW", help="Give a search another name.")
@click.option("--delete", metavar="NAME", help="Forget a search.")
@arguments.as_json
def command(
    store: Path,
    query: tuple[str, ...],
    save: str | None,
    rename: tuple[str, str] | None,
    delete: str | None,
    json_: bool,
) -> None:
    """List, save, rename or delete the searches kept in a store.

    Run one with hpm episodes STORE --saved NAME. What QUERY may be is in the manual's page on the
    query language.

    With --json: one line for each search; after a change, one object that says whether it
    changed anything.

    Example: hpm searches my.hpm --save "long failures" "outcome:failure steps:>200"
    """
    if sum(option is not None for option in (save, rename, delete)) > 1:
        raise click.UsageError("Choose one of --save, --rename and --delete.")
    if bool(query) != (save is not None):
        raise click.UsageError("QUERY and --save belong together.")
    if save is None and rename is None and delete is None:
        _list(store, json_)
        return
    with open_memory(store, actor="hpm searches") as memory:
        changed = _change(memory, " ".join(query), save, rename, delete)
    if json_:
        write_json({"changed": changed is not Changed.NOTHING})
    else:
        click.echo("Nothing to change." if changed is Changed.NOTHING else "Done.")


def _change(
    memory: Memory,
    text: str,
    save: str | None,
    rename: tuple[str, str] | None,
    delete: str | None,
) -> Changed:
    if save is not None:
        return memory.searches.save(save, text)
    if rename is not None:
        return memory.searches.rename(*rename)
    return memory.searches.delete(delete or "")


def _list(store: Path, json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        searches = memory.searches.all()
    if json_:
        for search in searches:
            write_json(search)
    elif searches:
        rows = [
            (clean_line(search.name), search.text, moment(search.saved_at)) for search in searches
        ]
        click.echo("\n".join(lines_of(("name", "search", "saved"), rows, widest="search")))
    else:
        click.echo("No searches are saved in this store.", err=True)
