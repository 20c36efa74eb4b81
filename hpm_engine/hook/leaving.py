"""Sessions that agents leave: imported at once, or noted down until that can be done."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from hpm_engine.errors import HPMError
from hpm_engine.hook.events import Event
from hpm_engine.memory import Memory, open_memory
from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.private_files import owner_only, private_folder

_MOST = 20  # sessions of earlier hooks that one hook imports


def keep_session(store: Path, event: Event) -> None:
    """Import the session's file, and those of earlier hooks that could not. Raises ``HPMError``.

    What cannot be imported now stays noted down.
    """
    if event.check:
        open_memory(store, read_only=True).close()
        return
    folder = spool(store)
    if event.transcript and Path(event.transcript).is_absolute():
        _note(folder, event.transcript)
    notes = sorted(folder.glob("*.path")) if folder.is_dir() else []
    if not notes:
        return
    with open_memory(store, actor=f"hook {event.agent}") as memory:
        for note in notes[:_MOST]:
            path = Path(note.read_text(encoding="utf-8"))
            if path.is_file() and not _paused(memory, path):
                memory.import_paths([path])
            note.unlink(missing_ok=True)
        memory.recall.prepare()


def spool(store: Path) -> Path:
    """The folder of what is noted down for a store."""
    name = hashlib.sha256(str(store.absolute()).encode()).hexdigest()[:16]
    return data_folder() / "spool" / name


def _note(folder: Path, transcript: str) -> None:
    private_folder(folder)
    name = hashlib.sha256(transcript.encode()).hexdigest()[:16]
    unfinished = folder / f"{name}.unfinished-{os.getpid()}"
    with suppress(OSError, HPMError):
        with open(unfinished, "w", encoding="utf-8", opener=owner_only) as file:
            file.write(transcript)
        unfinished.replace(folder / f"{name}.path")


def _paused(memory: Memory, path: Path) -> bool:
    """Whether a person paused the source that a file is in."""
    return any(source.paused and path.is_relative_to(source.path) for source in memory.chosen.all())
