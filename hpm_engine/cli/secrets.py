"""``hpm secrets``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Memory, Secret, SecretPolicy, SecretsMasked, SecretState, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_POLICIES = {
    SecretPolicy.MASK: "masked when they arrive",
    SecretPolicy.ASK: "masked when they arrive, and listed until somebody decides",
    SecretPolicy.KEEP: "kept as they are: whoever reads this store reads them",
}
_STATES = {
    SecretState.MASKED: "masked",
    SecretState.WAITING: "masked, waits for a decision",
    SecretState.STORED: "IN CLEAR",
    SecretState.CLEARED: "no secret",
}
_CONSENT = (
    "Mask for good every secret that stands in clear in {}? It cannot be undone, and takes free"
    " space of the store's size."
)


@click.command("secrets", short_help=COMMANDS["secrets"])
@arguments.store
@click.option(
    "--policy",
    type=click.Choice([policy.value for policy in SecretPolicy]),
    help="What is done with secrets of what arrives from now on.",
)
@click.option("--clear", multiple=True, metavar="TAG", help="Say that this is no secret.")
@click.option("--settle", multiple=True, metavar="TAG", help="Say that this is one.")
@click.option("--scan", is_flag=True, help="Look at all that is stored, and list what it holds.")
@click.option("--mask", is_flag=True, help="Mask for good what stands in clear; asks before.")
@click.option("--yes", is_flag=True, help="Do not ask before --mask.")
@arguments.as_json
def command(
    store: Path,
    policy: str | None,
    clear: tuple[str, ...],
    settle: tuple[str, ...],
    scan: bool,
    mask: bool,
    yes: bool,
    json_: bool,
) -> None:
    """List the secrets that were masked or are stored; say what becomes of them.

    A secret is listed by the rule that found it and by a tag: equal secrets have one tag, and none
    is ever shown. What was masked reads [REDACTED:RULE:TAG], and is found by searching for its tag.
    A new store masks secrets when they arrive; one of an earlier version keeps them until told.

    --scan looks for secrets in clear: in texts, original bytes, names, notes, searches, settings.
    --mask masks them there, and wipes the file: nothing brings them back, no undo either. Sessions
    that held some get their vectors, compressed memories and places in prototypes anew. What the
    log quotes is erased beside it. Agents' checkpoints are theirs, and backups and exports made
    before keep what they have.

    With --json: one object with the policy, then one line for each secret.

    Example: hpm secrets my.hpm --policy mask
    """
    changes = bool(policy or clear or settle or scan or mask)
    if mask and not yes:
        click.confirm(_CONSENT.format(clean_line(str(store))), abort=True, err=True)
    with open_memory(store, read_only=not changes, actor="hpm secrets") as memory:
        if policy:
            memory.secrets.set_policy(SecretPolicy(policy))
        if clear:
            memory.secrets.clear(clear)
        if settle:
            memory.secrets.settle(settle)
        if scan or mask:
            with working() as job:
                if mask:
                    _tell(memory.secrets.mask_stored(job), json_)
                else:
                    memory.secrets.scan(job)
        _list(memory, json_)


def _list(memory: Memory, json_: bool) -> None:
    policy, secrets = memory.secrets.policy(), memory.secrets.all()
    if json_:
        write_json({"kind": "policy", "policy": policy})
        for secret in secrets:
            write_json({"kind": "secret", "secret": secret})
        return
    click.echo(f"Secrets are {_POLICIES[policy]} (--policy changes it).")
    if not secrets:
        looked = memory.secrets.scanned_at() is not None
        click.echo("None was met." if looked else "None was met; --scan looks at what is stored.")
        return
    head = ("tag", "rule", "state", "times", "first", "last")
    click.echo("\n".join(lines_of(head, [_row(secret) for secret in secrets])))
    waiting = sum(secret.state is SecretState.WAITING for secret in secrets)
    stored = sum(secret.state is SecretState.STORED for secret in secrets)
    if stored:
        click.echo(f"{plural(stored, 'secret')} in clear: --mask masks them for good.")
    if waiting:
        click.echo(f"{plural(waiting, 'secret')} wait: --clear TAG, or --settle TAG.")


def _tell(done: SecretsMasked, json_: bool) -> None:
    if json_:
        write_json({"kind": "masked", "masked": done})
        return
    click.echo(
        f"{plural(done.secrets, 'secret')} masked in {plural(done.steps, 'step')} of"
        f" {plural(done.episodes, 'episode')}, {plural(done.sources, 'file')} and"
        f" {plural(done.names, 'other row')}."
    )
    if done.in_log:
        click.echo(
            f"{plural(done.in_log, 'row')} of the log, which is never changed, still quote some."
        )
    if not done.wiped:
        click.echo("Another program reads the store: run hpm sources --wipe when it is closed.")


def _row(secret: Secret) -> tuple[str, ...]:
    return (
        clean_line(secret.tag),
        clean_line(secret.rule),
        _STATES[secret.state],
        f"{secret.times:,}",
        moment(secret.first_at),
        moment(secret.last_at),
    )
