"""Calls of a tool, or of a program on the command line, that worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hpm_engine.lookup.calls import CallResult, bare_command, calls_of
from hpm_engine.values.episodes import Step
from hpm_engine.values.lookup import Invocation


def worked(step: Step, tool: str) -> Iterator[Invocation]:
    """The calls of a step that worked and are of ``tool``: by its name, or a command's words."""
    for call in calls_of(step):
        if call.worked and _is_of(call, tool):
            yield Invocation(step.episode_id, step.seq, step.at, call.call.name, call.command)


def counted(invocations: Iterable[Invocation]) -> list[Invocation]:
    """Each call once, the latest of the very same, with how often it worked; latest first."""
    latest: dict[tuple[str, str], Invocation] = {}
    for invocation in invocations:
        key = invocation.tool, invocation.call
        known = latest.get(key)
        count = 1 if known is None else known.count + 1
        newest = (
            known if known is not None and (known.at or 0) > (invocation.at or 0) else invocation
        )
        latest[key] = msgspec.structs.replace(newest, count=count)
    return sorted(latest.values(), key=lambda each: (each.at or 0, each.episode_id), reverse=True)


def _is_of(call: CallResult, tool: str) -> bool:
    if call.call.name.casefold() == tool.casefold():
        return True
    words, wanted = bare_command(call.command).split(), tool.split()
    if not words or not wanted:
        return False
    words[0] = words[0].replace("\\", "/").rpartition("/")[2]  # /usr/bin/make is make
    return words[: len(wanted)] == wanted
