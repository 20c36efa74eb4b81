"""``hpm handover``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hpm_engine import HANDOVER_TOKENS, open_memory, write_file
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("handover", short_help=COMMANDS["handover"])
@arguments.store
@click.argument("episode")
@click.option(
    "--tokens",
    type=click.IntRange(HANDOVER_TOKENS.least),
    default=HANDOVER_TOKENS.value,
    show_default=True,
    help="The most tokens of the packet, estimated upwards.",
)
@arguments.output
@arguments.as_json
def command(store: Path, episode: str, tokens: int, output: Path | None, json_: bool) -> None:
    """Write a session in brief, for another agent to go on with.

    It holds the task, what the person decided since, the agent's last words, what failed and did
    not pass since, the files that were changed and the commands that worked, each with its step.
    All of it is quoted as data. What found no room is named on standard error. It is an export,
    and so a row of the audit log.

    With --json: one object with the text.

    Example: hpm handover my.hpm 12 | codex
    """
    with working() as job, open_memory(store, actor="hpm handover") as memory:
        number = memory.episodes.detail(episode).episode.id
        if output is not None:
            memory.spare(output)
        packet = memory.episodes.hand_over(number, tokens, job)
        if output is not None:
            write_file(output, packet.text.encode())
    if json_:
        write_json(msgspec.structs.asdict(packet))
    elif output is None:
        click.echo(clean(packet.text), nl=False)
    else:
        click.echo(f"{packet.tokens:,} tokens written to {clean_line(str(output))}.")
    if packet.left_out:
        click.echo(f"No room for all of: {', '.join(packet.left_out)}.", err=True)
