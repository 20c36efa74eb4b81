"""The shapes of scripted sessions: what an agent does with what it was given, or without it.

Those of one half differ from those of the other in how the same comes about, and in their words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hpm_engine.evaluation.usage.script import Script
from hpm_engine.evaluation.usage.topics import WorkTopic
from hpm_engine.values.recall import Use


class Scene(NamedTuple):
    """What a shape is played with: what was given, of which episode, and other work at hand."""

    given: WorkTopic
    other: WorkTopic  # work that nothing was recalled of
    episode_id: int  # that tells of ``given``
    note: str  # the text of the note that was given, too


class Shape(NamedTuple):
    """One shape: its cue, how it goes on, and what becomes of the episode and of the note."""

    name: str
    cue: Callable[[Scene], str]
    play: Callable[[Script, Scene], None]
    episode: Use
    note: Use = Use.IGNORED
    before: Callable[[Script, Scene], None] | None = None  # what stands before the recall


def task(scene: Scene) -> str:
    """The cue that is the task."""
    return scene.given.task


def checked(scene: Scene) -> str:
    """The cue that asks for the command, too."""
    return f"{scene.given.task} How was the {scene.given.folder} checked, by which python tool?"


def crowd(*named: str) -> str:
    """A long list of files, as a folder shows them."""
    others = [f"{letter}{number}/part_{letter}.py" for number in range(3) for letter in "bcdfghkm"]
    return "\n".join(f"./{path}" for path in sorted([*others, *named]))


def go_on(script: Script, scene: Scene) -> None:
    """Work that has nothing to do with what was given."""
    script.run("git status", "nothing to commit")
    script.run(f"ls {scene.other.folder}", f"{scene.other.file}\n{scene.other.sibling}")
    script.read(scene.other.file, f"def {scene.other.name}(value):\n    return value\n")
    script.edit(scene.other.file, f"def {scene.other.name}(value):\n    return value + 1\n")
    script.run("make check", "passed")
