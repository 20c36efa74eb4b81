"""``hpm train``."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from hpm_engine import Job
from hpm_engine.cli import arguments
from hpm_engine.cli.progress import working
from hpm_engine.cli.root import COMMANDS
from hpm_engine.cli.table import size
from hpm_engine.cli.terminal import clean_line, write_json


@click.command("train", short_help=COMMANDS["train"][1])
@click.argument("what", metavar="WHAT", type=click.Choice(["table"]))
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For a table: the model.safetensors of all-MiniLM-L6-v2.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The safetensors file to write; an existing one is replaced.",
)
@arguments.as_json
def command(what: str, model: Path | None, output: Path, json_: bool) -> None:
    """Make again the models that come with the program.

    "table" distils the static encoder's table from MiniLM's weights, in half a minute.

    With --json: one object with the file's size and SHA-256.

    Example: hpm train table --model model.safetensors -o static-256.safetensors
    """
    if model is None:
        raise click.UsageError("A table is distilled from MiniLM: give its file with --model.")
    with working() as job:
        content = _table(model, job)
    output.write_bytes(content)
    digest = sha256(content).hexdigest()
    if json_:
        write_json({"file": str(output), "size": len(content), "sha256": digest})
    else:
        click.echo(f"{clean_line(str(output))}: {size(len(content))}, SHA-256 {digest}")


def _table(model: Path, job: Job) -> bytes:
    from hpm_engine.encoder.distillation import distilled  # torch: only for those who train

    return distilled(model, job)
