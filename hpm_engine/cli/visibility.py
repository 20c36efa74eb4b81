"""``hpm visibility``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import VISIBILITY, Memory, Visibility, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_LEARNED = (
    "{0} learned from what is private now, and a rule does not unlearn. Recall tells of them only"
    " to who may see all of their episodes. To unlearn: hpm prototypes {1} --private --forget,"
    " then hpm consolidate {1}."
)


@click.command("visibility", short_help=COMMANDS["visibility"])
@arguments.store
@click.option("--add", multiple=True, metavar="RULE", help="Add a rule; may be given again.")
@click.option("--remove", multiple=True, metavar="RULE", help="Remove a rule as it is listed.")
@click.option("--as-agent", default="", help="Say what this agent sees.")
@click.option("--as-project", default="", help="Say what somebody at work on this project sees.")
@arguments.as_json
def command(
    store: Path,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    as_agent: str,
    as_project: str,
    json_: bool,
) -> None:
    """Say which agents and projects see which episodes.

    A rule is "project:NAME private" or "agent:NAME private": seen by its own alone, and not
    consolidated into prototypes, which are shared; or "agent:NAME sees project:OTHER agent:OTHER":
    nothing else but its own. All rules that concern who asks hold. A person sees everything.

    The rules bind the notes of agents' memories by their agent and project, too. Besides, an agent
    is given only notes of its own project, those for everywhere, and those that a "sees" names.

    A rule hides, it does not unlearn. Prototypes that already hold memories of what is private are
    told to nobody who may not see all of their episodes; hpm prototypes STORE --private --forget
    unlearns them. Fine-tuned weights keep what they learned; hpm adapt --restore takes them back.

    With --json: one object with the rules, how many episodes and notes are seen, and how many
    prototypes hold memories of private ones.

    Example: hpm visibility my.hpm --add "project:payroll private"
    """
    changes = bool(add or remove)
    with open_memory(store, read_only=not changes, actor="hpm visibility") as memory:
        if changes:
            _change(memory, add, remove)
        rules = memory.visibility.rules()
        reader = arguments.reader(as_agent, as_project)
        seen = None if reader is None else memory.visibility.count(reader)
        notes = None if reader is None else memory.visibility.count_notes(reader)
        held = len(memory.consolidation.of_private()) if rules.private else 0
        if json_:
            lines = rules.text().splitlines()
            unmatched = memory.visibility.unmatched()
            fields = {
                "unmatched": unmatched,
                "rules": lines,
                "private": len(memory.visibility.private()),
                "seen": seen,
                "notes_seen": notes,
            }
            episodes = memory.figures.stats().episodes
            write_json(fields | {"episodes": episodes, "private_prototypes": held})
            return
        for line in rules.text().splitlines() or ["Everybody sees everything."]:
            click.echo(clean_line(line))
        for name in memory.visibility.unmatched():
            click.echo(
                f"hpm: {clean_line(name)} matches no episode and no note of this store: a rule "
                "with it hides nothing now. Is it spelt as in hpm episodes?",
                err=True,
            )
        if seen is not None:
            click.echo(_sees(memory, seen, notes or 0))
        if held:
            click.echo(_LEARNED.format(plural(held, "prototype"), clean_line(str(store))))


def _sees(memory: Memory, seen: int, notes: int) -> str:
    """How many episodes a reader sees, and how many notes where there are any."""
    episodes = f"sees {seen:,} of {plural(memory.figures.stats().episodes, 'episode')}"
    of_all = memory.visibility.count_notes(None)
    return (
        f"{episodes} and {notes:,} of {plural(of_all, 'note')} of memories" if of_all else episodes
    )


def _change(memory: Memory, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    gone = {rule for text in remove for rule in Visibility.parse(text).rules}
    kept = [rule for rule in memory.visibility.rules().rules if rule not in gone]
    new = [rule for text in add for rule in Visibility.parse(text).rules]
    wanted = Visibility(tuple(dict.fromkeys([*kept, *new])))
    memory.settings.set(VISIBILITY, wanted.text())
