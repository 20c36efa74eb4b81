"""Files, folders and archives that a person names, as sources in a fixed order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from hpm_engine.ingest.opencode.folders import sessions_joined
from hpm_engine.ingest.sources.archives import open_source
from hpm_engine.ingest.sources.beside import beside_file, sibling_file
from hpm_engine.ingest.sources.event_folders import joined
from hpm_engine.ingest.sources.known_rows import NOTHING_KNOWN, KnownRows
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.sources.member_names import is_clutter, readable
from hpm_engine.ingest.sources.secret_places import REASON as SECRETS
from hpm_engine.ingest.sources.secret_places import is_secret_place
from hpm_engine.ingest.sources.source import SourceFile, Unreadable
from hpm_engine.ingest.sources.unpacking import Open

__all__ = ["Unreadable", "walk"]

_VERSION_CONTROL = frozenset((".git", ".hg", ".svn", ".bzr", "_darcs", "CVS"))


def walk(
    paths: Sequence[Path], limits: Limits = DEFAULT_LIMITS, known: KnownRows = NOTHING_KNOWN
) -> Iterator[SourceFile | Unreadable]:
    """Every file under ``paths`` and in archives there, sorted within each folder.

    What cannot be read is yielded as ``Unreadable`` and never stops the rest. Links are followed
    only to files inside the folder that was given. A folder of single events is one source.
    Sessions of databases whose rows are ``known`` are not told again.
    """
    return joined(sessions_joined(_walk(paths, limits, known)))


def _walk(
    paths: Sequence[Path], limits: Limits, known: KnownRows
) -> Iterator[SourceFile | Unreadable]:
    for path in paths:
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            yield Unreadable(_name(path), "There is no such file or folder.")
        except PermissionError:
            yield Unreadable(_name(path), _FORBIDDEN)
        except (OSError, ValueError) as error:
            yield Unreadable(_name(path), f"It cannot be opened: {_reason(error)}.")
        else:
            if stat.S_ISDIR(mode):
                yield from _folder(path, path.resolve(), limits, known)
            else:
                yield from _file(path, limits, known, given=True)


_FORBIDDEN = "You may not read it. Change its permissions, then import it again."


def _folder(
    top: Path, root: Path, limits: Limits, known: KnownRows
) -> Iterator[SourceFile | Unreadable]:
    """All files below a folder, however deep, without recursion: Python limits its depth."""
    left: list[tuple[Path, os.DirEntry[str] | None]] = [(top, None)]
    while left:
        path, entry = left.pop()
        if entry is not None and entry.is_symlink():
            if not _leads_inside(path, root):
                reason = "It is a link out of its folder; import its target."
                yield Unreadable(_name(path), reason, aside=True)
            elif path.is_file():
                yield from _file(path, limits, known)
        elif entry is None or entry.is_dir():
            entries = _listed(path)
            if isinstance(entries, Unreadable):
                yield entries
            else:
                left += [(path / child.name, child) for child in reversed(entries)]
        elif not is_clutter(entry.name):
            yield from _file(path, limits, known)


def _listed(folder: Path) -> list[os.DirEntry[str]] | Unreadable:
    """The entries of a folder, by name; version control's own folders are left out."""
    try:
        with os.scandir(folder) as entries:
            by_name = sorted(entries, key=lambda entry: entry.name)
    except PermissionError:
        return Unreadable(_name(folder), _FORBIDDEN)
    except OSError as error:
        return Unreadable(_name(folder), f"It cannot be listed: {_reason(error)}.")
    return [entry for entry in by_name if entry.name not in _VERSION_CONTROL or not entry.is_dir()]


def _name(path: Path) -> str:
    return readable(str(path))


def _leads_inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def _file(
    path: Path, limits: Limits, known: KnownRows, *, given: bool = False
) -> Iterator[SourceFile | Unreadable]:
    """A file, or the members of an archive; ``given``: a person named just this file."""
    name = _name(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield Unreadable(name, "It is a device, a socket or a pipe, not a file.", not given)
            return
        # A link with an innocent name may lead to such a place too.
        if is_secret_place(name) or (path.is_symlink() and is_secret_place(str(path.resolve()))):
            yield Unreadable(name, SECRETS, aside=True, size=status.st_size)
            return
        if status.st_size > limits.file_size:
            yield Unreadable(
                name,
                f"It has {status.st_size:,} bytes; {limits.file_size:,} is the limit for one file. "
                "Split it.",
            )
            return
        open_ = _opener(path)
        open_().close()
    except PermissionError:
        yield Unreadable(name, _FORBIDDEN)
        return
    except OSError as error:
        yield Unreadable(name, f"It cannot be opened: {_reason(error)}.")
        return
    modified_at = status.st_mtime_ns // 1000
    yield from open_source(
        name,
        open_,
        status.st_size,
        limits,
        modified_at,
        beside_file(path),
        sibling_file(path),
        known,
    )


def _opener(path: Path) -> Open:
    return lambda: path.open("rb")


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
