"""Which of the files below a chosen source are sessions, and what is imported when one changes."""

from __future__ import annotations

import re
from collections.abc import Callable

from hpm_engine.ingest.discovery.place import is_database
from hpm_engine.ingest.sources.member_names import is_clutter

# From a path below a source (with /) to the part of it that is imported; None: nothing is.
Sessions = Callable[[str], str | None]

_EVENT = re.compile(r"event[-_]\d{1,12}(?:[-_][\w-]{1,80})?\.json")
_NUMBERED = re.compile(r"\d{1,12}\.json")
_ENDINGS_BESIDE = ("-wal", "-journal")
_NO_DATA = "-shm"


def sessions_of(agent: str) -> Sessions:
    """What is a session in the folders of an agent; of an agent not known, every file is one."""
    from hpm_engine.ingest.discovery.agents import places_of  # a window opens without the table

    places = [place for place in places_of(agent) if place.files]
    if not places:
        return any_file

    def session(relative: str) -> str | None:
        return next(
            (part for place in places if (part := place.concerned(relative)) is not None), None
        )

    return session


def any_file(relative: str) -> str | None:
    """The file itself; of a database's log the database, of a single event its folder."""
    folder, _, name = relative.rpartition("/")
    if is_clutter(name) or name.endswith(_NO_DATA):
        return None
    for ending in _ENDINGS_BESIDE:
        if is_database(name.removesuffix(ending)):
            return relative.removesuffix(ending)
    numbered = _NUMBERED.fullmatch(name) and folder.rpartition("/")[2] == "events"
    return folder if numbered or _EVENT.fullmatch(name) else relative
