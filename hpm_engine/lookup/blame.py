"""The steps that changed a file."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.lookup.calls import calls_of
from hpm_engine.recall.changes import changes_of
from hpm_engine.values.episodes import Step
from hpm_engine.values.lookup import FileEdit


def last_name(path: str) -> str:
    """The last part of a path, which every spelling of it has."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def edits(step: Step, path: str) -> Iterator[FileEdit]:
    """What a step changed of the file that ``path`` names, in full or by its end."""
    asked = _plain(path)
    for call in calls_of(step):
        alone = msgspec.structs.replace(step, parts=(call.call,))
        for change in changes_of([alone], ""):
            if _is_the_same(_plain(change.path), asked):
                failed = call.result is not None and call.result.is_error
                yield FileEdit(
                    step.episode_id,
                    step.seq,
                    step.at,
                    change.path,
                    call.call.name,
                    change.text,
                    failed,
                )


def within(path: str, folder: str) -> str:
    """A path as seen from the folder that an episode worked in, if it lies there."""
    inside = _plain(folder)
    return path.removeprefix(f"{inside}/") if inside else path


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").strip("/")


def _is_the_same(path: str, asked: str) -> bool:
    """Whether one of two paths is the end of the other: traces have short and whole ones."""
    short, long = sorted((path, asked), key=len)
    return bool(short) and (long == short or long.endswith(f"/{short}"))
