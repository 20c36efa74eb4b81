"""What the sample's agents noted, and a person's instructions, with what is true of each line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from hpm_engine.sample.project import load_notes


class SampleNote(msgspec.Struct, frozen=True):
    """A note's file: its path, when it was written, its text, and the verdicts of its lines.

    ``{task}`` in the text stands for the session of a task.
    """

    path: str
    at: datetime
    text: str
    verdicts: tuple[str, ...]


def sample_notes() -> tuple[SampleNote, ...]:
    """All notes, in the order of the file."""
    return msgspec.convert(load_notes(), tuple[SampleNote, ...])


def write_notes(folder: Path, subjects: Mapping[str, str]) -> list[Path]:
    """Write the files below a folder; ``subjects`` has the session of each task."""
    for note in sample_notes():
        path = folder / note.path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = note.text.lstrip("\n")
        for task, key in subjects.items():
            text = text.replace("{" + task + "}", key)
        path.write_text(text, encoding="utf-8")
        written = note.at.timestamp()
        os.utime(path, (written, written))
    return [folder / "home"]
