"""Conventions said once in the sample's half year, in sessions about something else."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from hpm_engine.sample import claude_sessions, codex_sessions
from hpm_engine.sample.plot import Played, play
from hpm_engine.sample.project import PROJECTS, load_project
from hpm_engine.sample.script import Ask, ScriptTurn, SessionScript

_STATED = 0.6  # of the half year, in which all is said; it is needed at the end


class Convention(msgspec.Struct, frozen=True):
    """What a person says once, the piece of it that matters, and the prompt that needs it.

    The prompt has none of the words of ``value``, and as good as none of the others.
    """

    project: str
    said: str
    value: str
    asked: str


class PlantedSet(msgspec.Struct, frozen=True):
    """Conventions with the words around them, and what is said that is none."""

    wrappers: tuple[str, ...]
    asides: tuple[str, ...]
    conventions: tuple[Convention, ...]


def planted_set(name: str) -> PlantedSet:
    """The set "tuned" or "reported": neither has wordings of the other."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), PlantedSet)


def write_traces(folder: Path, planted: PlantedSet, seed: str) -> None:
    """The traces of the half year with what is planted, each convention in a session of its own."""
    sessions = list(play())
    for project in sorted({convention.project for convention in planted.conventions}):
        chooser = random.Random(f"{seed}:{project}")
        own = [session for session in sessions if session.script.project == project]
        said = list(_said(planted, project, chooser))
        for script, text in zip(_early(own, len(said), chooser), said, strict=True):
            _say(script, text, chooser)
        for text in planted.asides:
            _say(chooser.choice(own).script, text, chooser)
    for session in sessions:
        script = session.script
        renderer = claude_sessions if script.agent == "claude-code" else codex_sessions
        for name, data in renderer.render(script).items():
            path = folder / script.agent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def homes() -> dict[str, str]:
    """The folder of each project."""
    return {name: load_project(name).home for name in PROJECTS}


def _said(planted: PlantedSet, project: str, chooser: random.Random) -> Iterator[str]:
    for convention in planted.conventions:
        if convention.project == project:
            said = convention.said
            small = said if said[:2].isupper() else said[0].lower() + said[1:]
            yield chooser.choice(planted.wrappers).format(said=said, small=small)


def _early(own: Sequence[Played], count: int, chooser: random.Random) -> list[SessionScript]:
    """So many sessions of the first part of the half year, in an order of chance."""
    scripts = [session.script for session in own]
    first = min(script.started_at for script in scripts)
    last = max(script.started_at for script in scripts)
    early = [
        script
        for script in scripts
        if script.started_at <= first + _STATED * (last - first) and _gaps(script)
    ]
    chosen: list[SessionScript] = []
    while len(chosen) < count:  # with more than there are sessions, some have two
        chosen += chooser.sample(early, min(len(early), count - len(chosen)))
    return chosen


def _say(script: SessionScript, text: str, chooser: random.Random) -> None:
    """Put a person's words between two steps of the agent."""
    gaps = _gaps(script)
    if not gaps:
        return
    index = chooser.choice(gaps)
    before, after = script.events[index], script.events[index + 1]
    script.events.insert(index + 1, Ask((before.at + after.at) // 2, text))


def _gaps(script: SessionScript) -> list[int]:
    events = script.events
    return [
        index
        for index in range(1, len(events) - 1)
        if isinstance(events[index], ScriptTurn) and isinstance(events[index + 1], ScriptTurn)
    ]
