"""``hpm mcp``."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path

import click

from hpm_engine import BadQuery, HPMError, Reader
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS
from hpm_engine.mcp.tools import LEAST_LIMIT, MOST_TOKENS, listed
from hpm_engine.mcp.wire import Wire

_LOG = logging.getLogger(__name__)
_ABSENT = "The server needs a library that is not installed: pip install 'hpm-inspector[mcp]'."


def _reader(_context: click.Context, _option: click.Parameter, text: str) -> Reader | None:
    try:
        return Reader.parse(text) if text else None
    except BadQuery as error:
        raise click.BadParameter(str(error)) from error


@click.command("mcp", short_help=COMMANDS["mcp"])
@arguments.store
@click.option("--read-only", is_flag=True, help="Record nothing: open the store for reading only.")
@click.option(
    "--as",
    "reader",
    callback=_reader,
    default="",
    metavar='"agent:NAME project:NAME"',
    help="Who asks, for the rules of hpm visibility; else what the client says of itself, and the "
    "folder that it works in.",
)
@click.option(
    "--tokens-most",
    type=click.IntRange(LEAST_LIMIT, MOST_TOKENS),
    default=MOST_TOKENS,
    show_default=True,
    help="The most tokens of an answer, whatever is asked for.",
)
@arguments.as_json
def command(
    store: Path, read_only: bool, reader: Reader | None, tokens_most: int, json_: bool
) -> None:
    """Let agents ask a store, as a server of the Model Context Protocol (MCP).

    Agents start it themselves and speak with it over standard input and output; it opens no
    connection and ends when they do. They recall, read steps, find sessions, and propose
    notes, which a person accepts or refuses. Every recall is recorded. With --read-only nothing is
    recorded, and nothing can be proposed. The manual has a page with the line for each agent.

    With --json: one object with the tools that agents are offered, and nothing is served.

    Example: hpm mcp my.hpm --as "agent:claude-code project:shop"
    """
    if json_:
        write_json({"tools": listed(tokens_most, read_only=read_only)})
        return
    wire = Wire.claim()
    # Code of other packages, which would be loaded along and may do anything.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    gc.disable()  # loading the SDK makes a million objects that stay: .1 s less
    try:
        from hpm_engine.mcp.server import Setting, serve
    except ModuleNotFoundError as error:
        raise HPMError(_ABSENT) from error
    gc.enable()
    serve(Setting(store, read_only, reader, tokens_most), Path.cwd(), wire)
    _LOG.info("hpm mcp ends")
    sys.stderr.flush()
    # The store is closed. Python would take its modules apart for a quarter of a second, in which
    # no other thread could end the process any more.
    os._exit(0)
