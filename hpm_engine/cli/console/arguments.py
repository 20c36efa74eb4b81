"""The arguments and options that several commands share."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from hpm_engine import HPMError, Reader
from hpm_engine.cli.console.terminal import clean_line
from hpm_engine.query import dates

F = TypeVar("F", bound=Callable[..., Any])

_TRIES = 3
_STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def store(function: F) -> F:
    """The STORE argument."""
    return click.argument("store", type=StorePath())(function)


def as_json(function: F) -> F:
    """The --json option, as the parameter ``json_``."""
    text = "Write JSON to standard output, and nothing else there."
    return click.option("--json", "json_", is_flag=True, help=text)(function)


def output(function: F) -> F:
    """The -o option: a file instead of standard output."""
    text = (
        "Write to this file instead of standard output (-), for your eyes only; a plain file that "
        "is there is replaced."
    )
    kind = click.Path(path_type=Path)
    option = click.option("-o", "--output", type=kind, callback=_output, help=text)
    return option(function)


def _output(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """The file; None for the names of standard output, as without the option."""
    return None if value is not None and str(value) in _STANDARD_OUTPUT else value


def reader(agent: str, project: str) -> Reader | None:
    """The reader who asks; ``None``, a person, if neither is named."""
    return Reader(agent, project) if agent or project else None


class StorePath(click.Path):
    """The path of a store; a passphrase that it needs is asked for in a terminal."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, of a store that can be opened."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if ctx is None or not ctx.resilient_parsing:
            ask_passphrase(path)
        return path


def ask_passphrase(store: Path) -> None:
    """Unlock a store under a passphrase where there is a person to ask.

    Elsewhere whatever opens it says what is missing. Raises ``WrongPassphrase`` after three tries.
    """
    from hpm_engine.store.file.seal import salt_of  # all that most stores need

    if salt_of(store) is None:
        return
    from hpm_engine import WrongPassphrase, is_locked, unlock

    for left in range(_TRIES - 1, -1, -1):
        if not is_locked(store) or not sys.stdin.isatty():
            return
        passphrase = click.prompt(
            f"Passphrase of {clean_line(str(store))}", hide_input=True, err=True
        )
        try:
            unlock(store, passphrase)
        except WrongPassphrase as error:
            if not left:
                raise
            click.echo(clean_line(str(error)), err=True)


def complete_query(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The completions of a search, with the values of the store in the command line."""
    # Not for those who complete nothing: an agent waits for the first word of its server.
    from hpm_engine import complete, open_memory

    try:
        with open_memory(ctx.params["store"], read_only=True) as memory:
            completion = complete(incomplete, len(incomplete), memory.episodes.facets())
    except (HPMError, KeyError):
        completion = complete(incomplete, len(incomplete))  # values of every store
    head = incomplete[: completion.start]
    return [
        CompletionItem(head + choice.text, help=clean_line(choice.note))
        for choice in completion.choices
    ]


class StepNumber(click.IntRange):
    """A step as people count, from 1; the parameter gets its position, from 0."""

    name = "N"

    def __init__(self) -> None:
        super().__init__(min=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The position of that step."""
        number: int = super().convert(value, param, ctx)
        return number - 1


class StepRange(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """``A:B``, ``A:``, ``:B`` or ``A``: the steps from A to B with both, counted from 1."""

    name = "A:B"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int | None]:
        """The first position, and the one behind the last (None: to the end)."""
        if isinstance(value, tuple):
            return value
        first, colon, last = value.partition(":")
        try:
            start = int(first or 1)
            stop = (int(last) if last else None) if colon else start
        except ValueError:
            self.fail(f"{value!r} is not of the form A:B, for example 1:20.", param, ctx)
        if start < 1 or (stop is not None and stop < start):
            self.fail(f"{value!r}: steps count from 1, and A comes before B.", param, ctx)
        return start - 1, stop


class Moment(click.ParamType):  # type: ignore[type-arg]
    """A moment in the syntax of ``after:``; the parameter gets microseconds since 1970."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Microseconds of a day, a time, an age or today."""
        if isinstance(value, int):
            return value
        try:
            return dates.moment(value, time.time_ns() // 1000)
        except ValueError:
            self.fail(f"{value!r} is no moment. Write {dates.EXPECTED}.", param, ctx)
