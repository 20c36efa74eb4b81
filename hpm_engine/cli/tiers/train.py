"""``hpm train``."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from sysconfig import get_path

import click

from hpm_engine import Job, write_file
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import size
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_MODELS = ("table", "encoder", "mask", "decoder", "names")


@click.command("train", short_help=COMMANDS["train"])
@click.argument("what", metavar="WHAT", type=click.Choice(_MODELS))
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For a table: the model.safetensors of all-MiniLM-L6-v2.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="For encoder, mask and decoder: a folder of real traces, as for hpm bench.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; an existing one is replaced.",
)
@arguments.as_json
def command(what: str, model: Path | None, data: Path | None, output: Path, json_: bool) -> None:
    """Make again the models that come with the program.

    "table" distils the static encoder's table from MiniLM's weights, in half a minute. "encoder"
    trains φ, which makes one vector of an episode, on the traces of mini-SWE-agent (MIT) under
    --data, in about a minute. "mask" trains the networks that say what compression keeps, on the
    same traces, in a few minutes. "decoder" trains on them, in a minute, which steps tell how a
    change came about, and how to rebuild them from what is kept. "names" makes the dictionary of
    names that programs have in common from the standard library of the Python that runs it. The
    same input gives the same bytes.

    With --json: one object with the file's size and SHA-256.

    Example: hpm train table --model model.safetensors -o static-256.safetensors
    """
    with working() as job:
        if what == "table":
            content = _table(model, job)
        else:
            content = _names(job) if what == "names" else _from_traces(what, data, job)
    write_file(output, content)
    digest = sha256(content).hexdigest()
    if json_:
        write_json({"file": str(output), "size": len(content), "sha256": digest})
    else:
        click.echo(f"{clean_line(str(output))}: {size(len(content))}, SHA-256 {digest}")


def _table(model: Path | None, job: Job) -> bytes:
    from hpm_engine.encoder.distillation import distilled  # torch: only for those who train

    if model is None:
        raise click.UsageError("A table is distilled from MiniLM: give its file with --model.")
    return distilled(model, job)


def _from_traces(what: str, data: Path | None, job: Job) -> bytes:
    if data is None:
        raise click.UsageError(f"{what} is learned from traces: give their folder with --data.")
    if what == "encoder":
        return _encoder(data, job)
    if what == "mask":
        from hpm_engine.training.mask_weights import trained_mask

        return trained_mask(data, job)
    from hpm_engine.training.decoder_weights import trained_decoder

    return trained_decoder(data, job)


def _encoder(data: Path, job: Job) -> bytes:
    from hpm_engine.training.phi_recipe import trained_phi

    content, trained = trained_phi(data, job, _report)
    for seen in trained.seen:
        mark = "  kept" if seen.round == trained.best else ""
        _report(f"round {seen.round}: own {seen.own:.3f}, related {seen.related:.3f}{mark}")
    return content


def _names(job: Job) -> bytes:
    from hpm_engine.compressor.packing.names import made_names

    return made_names(Path(get_path("stdlib")), job)


def _report(line: str) -> None:
    click.echo(clean_line(line), err=True)
