"""The projects of notes: what a note's own word for its folder or project is in the store."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hpm_engine.ingest.steps.projects import project_name, project_path, same_folder
from hpm_engine.store.file.database import Database

_ENCODED = re.compile(r"[^a-zA-Z0-9]")


class NoteProject(NamedTuple):
    """A project that notes of a scope are of; ``path`` as projects keep paths, "" for a name.

    With ``above`` it is no more than a folder around theirs, which may be one: no session of the
    store says which folder there is the project's.
    """

    scope: str
    project: str
    path: str
    above: bool = False


# A table ``e`` as conditions on an episode's project want it, of a JSON list of ``NoteProject``.
PROJECTS = (
    "(SELECT value ->> 0 AS scope, value ->> 1 AS project, value ->> 2 AS project_path,"
    " value ->> 3 AS above FROM json_each(?)) e"
)


class NoteProjects:
    """Which projects notes are of. Reads inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def folders(self, scopes: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The folders that Claude Code's own names of folders may mean, by these names.

        It writes each sign but letters and digits as ``-``, so a name may mean several folders; one
        that no session of the store worked in is not known.
        """
        wanted = {scope for scope in scopes if scope.startswith("-")}
        if not wanted:
            return {}
        known: dict[str, list[str]] = defaultdict(list)
        for (cwd,) in self._db.rows("SELECT DISTINCT cwd FROM episodes WHERE cwd <> ''"):
            if (name := _ENCODED.sub("-", cwd)) in wanted:
                known[name].append(cwd)
        return {name: tuple(folders) for name, folders in known.items()}

    def all(self) -> list[NoteProject]:
        """The projects of all notes' scopes, of which one may have several.

        That of notes for everywhere has a project without a name.
        """
        rows = self._db.rows("SELECT DISTINCT scope FROM memory_notes")
        scopes = [scope for (scope,) in rows]
        folders = self.folders(scopes)
        known = self._known() if any(scopes) else {}
        return [
            project
            for scope in scopes
            for folder in folders.get(scope, (scope,))
            for project in _projects(scope, folder, known)
        ]

    def _known(self) -> dict[str, tuple[str, str]]:
        """The name and path of each project that episodes were of, by its folder's key."""
        rows = self._db.rows(
            "SELECT DISTINCT project_path, project FROM episodes WHERE project_path <> ''"
        )
        return {same_folder(path): (name, path) for path, name in rows}


def as_rows(projects: Iterable[NoteProject]) -> str:
    """The value of ``PROJECTS``."""
    return json.dumps(list(projects))


def _projects(scope: str, folder: str, known: dict[str, tuple[str, str]]) -> Iterator[NoteProject]:
    """The project of a folder: the nearest known that it lies in, else the folder itself."""
    path = project_path(folder)
    outer, around = path, list[str]()
    while outer:
        if (nearest := known.get(same_folder(outer))) is not None:
            yield NoteProject(scope, *nearest)
            return
        outer = outer.rpartition("/")[0]
        around.append(outer)
    yield NoteProject(scope, project_name(folder) or folder, path)
    for outer in filter(None, around):
        yield NoteProject(scope, outer.rpartition("/")[2], outer, above=True)
