"""``hpm raw``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import click

from hpm_engine import Memory, NotFound, open_memory, output_file
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.terminal import write_json
from hpm_engine.cli.root import COMMANDS


@click.command("raw", short_help=COMMANDS["raw"])
@arguments.store
@click.argument("episode")
@click.option(
    "--record", is_flag=True, help="Only the episode's own record, of a file that holds many."
)
@click.option(
    "--step", "seq", type=arguments.StepNumber(), help="Only the record of this step, from 1 on."
)
@arguments.output
@arguments.as_json
def command(
    store: Path, episode: str, record: bool, seq: int | None, output: Path | None, json_: bool
) -> None:
    """Write an episode's original bytes.

    They are the bytes of the file that was imported, exactly. Because they may hold escape
    sequences, they are never written to a terminal: use -o or a pipe.

    With --json: size and SHA-256 on standard output; the bytes only with -o. "seq" is the step,
    counted from 0.

    Example: hpm raw my.hpm 12 -o session.jsonl
    """
    if record and seq is not None:
        raise click.UsageError("--record and --step exclude each other.")
    if not (output or json_) and sys.stdout.isatty():
        raise click.UsageError("The bytes may hold escape sequences; use -o FILE or a pipe.")
    with open_memory(store, read_only=True) as memory:
        number = memory.episodes.detail(episode).episode.id
        counted = _Counted(_bytes(memory, number, record, seq))
        if output is not None:
            memory.spare(output)
            _write(counted, output)
        elif json_:
            for _ in counted:
                pass
        else:
            for block in counted:
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
    if json_:
        file = str(output) if output else None
        fields = {"size": counted.size, "sha256": counted.digest.hexdigest(), "file": file}
        write_json({"episode": number, "seq": seq} | fields)


class _Counted:
    """Blocks whose size and digest are counted on their way."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.size = 0
        self.digest = sha256()

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.size += len(block)
            self.digest.update(block)
            yield block


def _bytes(memory: Memory, episode: int, record: bool, seq: int | None) -> Iterable[bytes]:
    if seq is not None:
        data = memory.originals.step(episode, seq)
        if not data:
            raise NotFound(f"Episode {episode} has no step {seq + 1} with a record of its own.")
        return [data]
    return [memory.originals.record(episode)] if record else memory.originals.whole(episode)


def _write(blocks: Iterable[bytes], target: Path) -> None:
    with output_file(target) as file:
        for block in blocks:
            file.stream.write(block)
        file.put()
