"""Projects: the repository or folder of a session, derived from its working folder.

A path is kept as ``/home/ada/work/orchard``, ``C:/work/orchard`` or ``//server/share/orchard``,
also where Git Bash, Cygwin or WSL calls it ``/c/work/orchard`` or ``/mnt/c/work/orchard``. In
paths on Windows' drives and shares capitals make no difference: see ``same_folder``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_DRIVE = re.compile(r"[A-Za-z]:")
_LETTER = re.compile(r"[A-Za-z]")
_VERBATIM = re.compile(r"^//[?.]/(UNC/)?", re.IGNORECASE)  # as Windows writes long paths
_QUERY = re.compile(r"[?#]")
_WSL = frozenset({"wsl.localhost", "wsl$"})
_HOMES = frozenset({"home", "users"})
_AGENTS = frozenset({".claude", ".git", ".gemini", ".agents"})  # have worktrees in a repository
_ELSEWHERE = frozenset({".codex", ".cursor"})  # have worktrees in the home folder
_BESIDE = re.compile(r"(.+)[-._]worktrees?", re.IGNORECASE)


def project_path(cwd: str) -> str:
    """The path of the repository or folder of a working folder; "" for none.

    A worktree belongs to its repository. Root, drives and home folders are no projects. A worktree
    far from its repository has only a name: see ``project_name``.
    """
    start, parts = _parted(cwd)
    parts, known = _without_worktree(start, parts)
    return start + "/".join(parts) if known and _is_project(start, parts) else ""


def project_name(cwd: str) -> str:
    """The last component of the project's path, or the name of a project without a path."""
    start, parts = _parted(cwd)
    parts, _ = _without_worktree(start, parts)
    return parts[-1] if _is_project(start, parts) else ""


def repository_name(url: str) -> str:
    """The name of the repository in a remote's address; "" for none."""
    address = _QUERY.split(url.strip(), maxsplit=1)[0].replace("\\", "/").rstrip("/")
    _, scheme, rest = address.partition("://")
    rest = rest.partition("/")[2] if scheme else address
    name = rest.replace(":", "/").rpartition("/")[2]
    return name.removesuffix(".git")


def is_of_windows(path: str) -> bool:
    """Whether a project's path is on a drive or share of Windows."""
    return path.startswith("//") or _DRIVE.fullmatch(path.partition("/")[0]) is not None


def same_folder(path: str) -> str:
    """A key that is equal for all spellings of a project's path, and for no other path."""
    return path.lower() if is_of_windows(path) else path


def told_apart(paths: Iterable[str]) -> dict[str, str]:
    """The shortest unique end of each path, by path; capitals make no difference."""
    every = sorted(set(paths))
    parts = {path: [part for part in path.split("/") if part] for path in every}
    ends = {}
    for path in every:
        own, length = parts[path], 1
        others = [parts[other] for other in every if other != path]
        while length < len(own) and any(
            _end(other, length) == _end(own, length) for other in others
        ):
            length += 1
        ends[path] = "/".join(own[-length:])
    return ends


def _end(parts: Sequence[str], length: int) -> list[str]:
    return [part.casefold() for part in parts[-length:]]


def _parted(cwd: str) -> tuple[str, list[str]]:
    """The beginning of an absolute path, and its components; WSL's shares are Linux paths."""
    text = cwd.strip().replace("\\", "/")
    text = _VERBATIM.sub(lambda match: "//" if match[1] else "", text)
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    if parts[:1] == ["private"] and parts[1:2] in (["tmp"], ["var"], ["etc"]):
        parts = parts[1:]  # macOS's own links lead there
    if text.startswith("//") and parts:
        if parts[0].lower() not in _WSL:
            return "//", parts
        text, parts = "/", parts[2:]
    visible = parts[1:] if parts[:1] in (["mnt"], ["cygdrive"]) else parts
    if text.startswith("/") and visible and _LETTER.fullmatch(visible[0]):
        return "", [f"{visible[0].upper()}:", *visible[1:]]  # as WSL and Git Bash show a drive
    if parts and _DRIVE.fullmatch(parts[0]):
        return "", [parts[0].upper(), *parts[1:]]
    return ("/" if text.startswith("/") else ""), parts


def _without_worktree(start: str, parts: list[str]) -> tuple[list[str], bool]:
    """The components of a worktree's repository, and whether they are its path."""
    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        if part.lower() in ("worktrees", ".worktrees", ".worktree"):
            if before and before[-1] in _ELSEWHERE:
                # .codex/worktrees/ID/NAME; .cursor/worktrees/NAME/ID
                last = after[1:2] if before[-1] == ".codex" else after[:1]
                return [*before[:-1], *last], False
            if before and before[-1] in _AGENTS:
                before = before[:-1]
            if _is_project(start, before):
                return before, True
            if after:  # worktrees of several repositories, in the home folder
                return [*before, after[0]], False
        if after and (beside := _BESIDE.fullmatch(part)):
            return [*before, beside[1]], True
    return parts, True


def _is_project(start: str, parts: Sequence[str]) -> bool:
    """Whether a folder is neither root, a drive or share, nor a home folder."""
    rest = list(parts)
    if start == "//":
        rest = rest[2:]
    if (rest and _DRIVE.fullmatch(rest[0])) or (rest[:1] == ["var"] and rest[1:2] == ["home"]):
        rest = rest[1:]
    if not rest or rest in (["root"], ["mnt"], ["~"], ["$HOME"]):
        return False
    return not (rest[0].lower() in _HOMES and len(rest) <= 2)
