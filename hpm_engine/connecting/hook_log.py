"""What hooks did: one line each, without a word of what was asked or recalled.

A hook must be silent for its agent, so this is where its failures are told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.private_files import private_folder

_LARGEST = 256 * 1024  # bytes; the older half goes then
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


class HookRun(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run: when (Unix microseconds), for whom, how long it took, and what it gave.

    ``failure`` is the name of what went wrong, "" where nothing did.
    """

    at: int
    agent: str
    event: str
    store: str = ""
    session: str = ""
    ms: float = 0.0
    tokens: int = 0
    episodes: int = 0
    failure: str = ""


def hook_log() -> Path:
    """The file of all agents' runs."""
    return data_folder() / "hooks.jsonl"


def add_run(run: HookRun) -> None:
    """Append a run. Never raises: a hook has nobody to tell."""
    path = hook_log()
    with suppress(OSError):
        private_folder(path.parent)
        handle = os.open(path, _APPEND, 0o600)
        try:
            os.write(handle, msgspec.json.encode(run) + b"\n")
            size = os.fstat(handle).st_size
        finally:
            os.close(handle)
        if size > _LARGEST:
            _halve(path)


def hook_runs(agent: str = "") -> list[HookRun]:
    """The runs of an agent, or of all, newest first; lines that cannot be read are left out."""
    return [run for run in reversed(list(_lines())) if not agent or run.agent == agent]


def _lines() -> Iterator[HookRun]:
    try:
        data = hook_log().read_bytes()
    except OSError:
        return
    for line in data.splitlines():
        with suppress(msgspec.DecodeError):
            yield msgspec.json.decode(line, type=HookRun)


def _halve(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    unfinished = path.with_name(f"{path.name}.unfinished-{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.writelines(lines[len(lines) // 2 :])
    unfinished.replace(path)
