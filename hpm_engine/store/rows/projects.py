"""Which project an episode is of, and the name under which it is shown and found."""

from __future__ import annotations

import re

from hpm_engine.ingest.steps.projects import (
    is_of_windows,
    project_name,
    project_path,
    same_folder,
    told_apart,
)
from hpm_engine.store.file.database import Database

_SEPARATORS = re.compile(r"[/\\]+")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")

# A project goes by its name, by its path, or by any end of its path: "api" is each of
# client-a/api and client-b/api. Of Windows' folders capitals make no difference.
_WINDOWS = "(e.project_path LIKE '_:/%' OR e.project_path LIKE '//%')"
NAMED = (
    "(e.project = ? OR (e.project_path <> ''"
    " AND substr('/' || e.project_path, -length(?) - 1) = '/' || ?)"
    f" OR ({_WINDOWS} AND casefold(substr('/' || e.project_path, -length(?) - 1))"
    " = casefold('/' || ?)))"
)
# The same, where a name that is shown means that project alone.
CHOSEN = (
    f"(e.project = ? OR ({NAMED} AND NOT EXISTS (SELECT 1 FROM episodes x WHERE x.project = ?)))"
)


def named(name: str) -> list[str]:
    """The values of ``NAMED``."""
    return [spoken(name)] * 5


def chosen(name: str) -> list[str]:
    """The values of ``CHOSEN``."""
    return [spoken(name)] * 7


def spoken(name: str) -> str:
    """A name that a person gave a project, the path of its folder as projects keep paths."""
    return (_ABSOLUTE.match(name) and project_path(name)) or name


class ProjectRows:
    """The projects of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._joined = False

    def settle(self, episode_id: int, project: str, cwd: str) -> None:
        """Note an episode's project, under its shortest name that no other project has.

        ``project`` is what its reader says: where that is not its folder's name, it is its name.
        """
        if not self._joined:
            self._join()
            self._joined = True
        path = project_path(cwd) if project == project_name(cwd) else ""
        path = self._spelling(path, episode_id)
        shown = (path and self._known(path, episode_id)) or project
        self._db.execute(
            "UPDATE main.episodes SET project = ?, project_path = ? WHERE id = ?",
            (shown, path, episode_id),
        )
        if path and not self._known(path, episode_id):
            self._tell_apart(path)

    def settle_all(self) -> None:
        """Note the project of every episode of a store that knew projects by one name alone."""
        for cwd, project in self._db.rows("SELECT DISTINCT cwd, project FROM episodes"):
            if project != _SEPARATORS.split(cwd.rstrip("/\\"))[-1]:
                continue  # its reader said so
            self._db.execute(
                "UPDATE main.episodes SET project = ?, project_path = ?"
                " WHERE cwd = ? AND project = ?",
                (project_name(cwd), project_path(cwd), cwd, project),
            )
        self._tell_apart("")

    def path_of(self, name: str) -> str:
        """The folder of the project that goes by a name; "" where none does, or several."""
        sql = f"SELECT DISTINCT e.project_path FROM episodes e WHERE {CHOSEN}"
        paths = [path for (path,) in self._db.rows(sql, tuple(chosen(name))) if path]
        return paths[0] if name and len(paths) == 1 else ""

    def _join(self) -> None:
        """Make one project of those that an earlier version told apart by their spelling alone."""
        rows = self._db.rows(
            "SELECT project_path, min(id) FROM episodes WHERE project_path <> ''"
            " GROUP BY project_path ORDER BY min(id)"
        )
        spellings: dict[str, str] = {}
        joined = False
        for path, _ in rows:
            canonical = project_path(path)
            if canonical and not is_of_windows(canonical):
                continue
            spelling = spellings.setdefault(same_folder(canonical), canonical)
            if spelling != path:
                joined = True
                self._db.execute(
                    "UPDATE main.episodes SET project_path = ?, project = ?"
                    " WHERE project_path = ? AND project_path <> ''",
                    (spelling, spelling.rpartition("/")[2], path),
                )
        if joined:
            self._tell_apart("")

    def _spelling(self, path: str, episode_id: int) -> str:
        """How the store already spells a folder of Windows; else the path as it is."""
        if not is_of_windows(path) or self._known(path, episode_id):
            return path
        sql = (
            "SELECT project_path FROM episodes WHERE project_path <> '' AND id <> ?"
            " AND casefold(project_path) = casefold(?) ORDER BY id"
        )
        alike = (other for (other,) in self._db.rows(sql, (episode_id, path)))
        return next((other for other in alike if same_folder(other) == same_folder(path)), path)

    def _known(self, path: str, but: int) -> str | None:
        sql = (
            "SELECT project FROM episodes"
            " WHERE project_path = ? AND project_path <> '' AND id <> ? LIMIT 1"
        )
        name: str | None = self._db.value(sql, (path, but))
        return name

    def _tell_apart(self, path: str) -> None:
        """Name the projects apart that share a path's last component, or all without a path."""
        last = path.rpartition("/")[2].casefold()
        rows = self._db.rows(
            "SELECT DISTINCT project_path, project FROM episodes WHERE project_path <> ''"
        )
        groups: dict[str, list[tuple[str, str]]] = {}
        for other, shown in rows:
            groups.setdefault(other.rpartition("/")[2].casefold(), []).append((other, shown))
        for group in [groups.get(last, [])] if path else groups.values():
            names = told_apart(other for other, _ in group)
            for other, shown in group:
                if names[other] != shown:
                    sql = (
                        "UPDATE main.episodes SET project = ?"
                        " WHERE project_path = ? AND project_path <> ''"
                    )
                    self._db.execute(sql, (names[other], other))
