"""``hpm adapt``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Adapted, InUse, Job, Memory, Model, Verdict, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import erase, working
from hpm_engine.cli.console.table import moment
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS

_DIGITS = 12  # of a SHA-256


@click.command("adapt", short_help=COMMANDS["adapt"])
@arguments.store
@click.option("--encoder", is_flag=True, help="Fine-tune φ, which makes one vector of an episode.")
@click.option("--mask", is_flag=True, help="Fine-tune what says which facts compression keeps.")
@click.option("--restore", is_flag=True, help="Go back to the weights before those in use.")
@arguments.as_json
def command(store: Path, encoder: bool, mask: bool, restore: bool, json_: bool) -> None:
    """Fine-tune the encoder or the mask on a store's own episodes.

    Part of the episodes is held out, whole projects where there are several. New weights are used
    only if they are better on those, the interval off zero; otherwise the old ones stay, which is
    a usual outcome. Nothing is written until then: stopped, it leaves the store as it was. The
    store keeps the weights before. After a change of the encoder episodes are encoded again;
    compressed ones keep what their scorer made of them.

    Without --encoder and --mask: which weights are in use.

    With --json: one object for each model.

    Example: hpm adapt my.hpm --encoder
    """
    chosen = [model for model, asked in ((Model.ENCODER, encoder), (Model.MASK, mask)) if asked]
    if restore and not chosen:
        raise click.UsageError("Say with --encoder or --mask which weights --restore is for.")
    with (
        working() as job,
        open_memory(store, read_only=not chosen, actor="hpm adapt") as memory,
    ):
        if not chosen:
            for in_use in memory.adaptation.in_use():
                _show(in_use, json_)
        for model in chosen:
            if restore:
                _show(_restored(memory, model, job), json_)
            else:
                _tell(_adapted(memory, model, job), json_)


def _adapted(memory: Memory, model: Model, job: Job) -> Adapted:
    done = memory.adaptation.run(model, job)
    if done.accepted and model is Model.ENCODER:
        memory.encode(job)
    return done


def _restored(memory: Memory, model: Model, job: Job) -> InUse:
    in_use = memory.adaptation.restore(model).in_use
    if model is Model.ENCODER:
        memory.encode(job)
    return in_use


def _tell(done: Adapted, json_: bool) -> None:
    erase()
    if json_:
        write_json(done)
        return
    name = done.model.value
    if done.accepted:
        click.echo(f"{name}: new weights {done.after[:_DIGITS]} are in use; the old ones are kept.")
    else:
        click.echo(f"{name}: {done.reason}")
    if done.verdict is not None:
        click.echo(f"  {_figures(done.verdict)}, in {done.seconds:.0f} s")


def _show(in_use: InUse, json_: bool) -> None:
    erase()
    if json_:
        write_json(in_use)
    elif in_use.made_at is None:
        click.echo(f"{in_use.model.value}: {in_use.sha256[:_DIGITS]}, as it came with the program")
    else:
        click.echo(
            f"{in_use.model.value}: {in_use.sha256[:_DIGITS]}, fine-tuned {moment(in_use.made_at)};"
            f" {in_use.earlier} before it"
        )
        if in_use.verdict is not None:
            click.echo(f"  {_figures(in_use.verdict)}")


def _figures(verdict: Verdict) -> str:
    gain = verdict.after - verdict.before
    kind = "episodes of projects held out" if verdict.split == "project" else "episodes held out"
    return (
        f"{verdict.before:.3f} before, {verdict.after:.3f} after ({gain:+.3f}, 95 % from "
        f"{verdict.low:+.3f} to {verdict.high:+.3f}) on {verdict.held} {kind}; learned from "
        f"{verdict.learned}"
    )
