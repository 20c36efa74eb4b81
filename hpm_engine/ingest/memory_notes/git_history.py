"""What a file of a git repository said before: its wordings by the commits that changed it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.ingest.memory_notes.git_objects import DamagedHistory, GitObjects, Read

_MOST = 5_000  # commits; a memory has some hundreds
_NAME = re.compile(r"[0-9a-f]{40}")
_FOLDER = b"40000"
_FILES = (b"100644", b"100755", b"100664")  # links are none
_SECOND = 1_000_000  # microseconds


class EarlierWording(NamedTuple):
    """What a file said from a commit on; ``at`` in Unix microseconds."""

    data: bytes
    at: int | None


class History(NamedTuple):
    """A file's wordings, the oldest first; ``why`` says why there may be older ones, "" if not."""

    wordings: tuple[EarlierWording, ...]
    why: str = ""


def history(read: Read, path: str) -> History:
    """The wordings of a file of a repository, by the first parents of what is checked out.

    ``read`` gives the files of ``.git``, ``path`` is the file's within the repository. A commit
    that took the file away is no wording. What is damaged ends the history there.
    """
    objects = GitObjects(read)
    kept: list[EarlierWording] = []
    names = path.split("/")
    why = ""
    try:
        later = ""  # the blob of the commit after
        trees: dict[str, str] = {}
        for tree, at in _commits(objects, objects.head()):
            blob = _blob(objects, tree, names, trees)
            if blob and blob == later:
                kept[-1] = kept[-1]._replace(at=at)  # it said so before that commit already
            elif blob:
                kept.append(EarlierWording(objects.get(blob, "blob"), at))
            later = blob
    except DamagedHistory as error:
        why = str(error)
    return History(tuple(reversed(kept)), why)


def _commits(objects: GitObjects, name: str) -> Iterator[tuple[str, int | None]]:
    """The trees of commits and when they were made, the newest first."""
    for _ in range(_MOST):
        if not name:
            return
        facts: dict[str, str] = {}
        head = objects.get(name, "commit").partition(b"\n\n")[0]
        for line in head.decode("utf-8", "replace").split("\n"):
            fact, _, value = line.partition(" ")
            facts.setdefault(fact, value)  # the first parent
        if not _NAME.fullmatch(facts.get("tree", "")):
            raise DamagedHistory(f"commit {name} names no tree.")
        yield facts["tree"], _moment(facts.get("committer", ""))
        name = facts.get("parent", "")
    if name:
        raise DamagedHistory(f"only the latest {_MOST:,} commits are read.")


def _moment(committer: str) -> int | None:
    """When a commit was made, by its line; in Unix microseconds."""
    seconds = committer.rsplit(" ", 2)[-2:-1]
    known = seconds and seconds[0].isascii() and seconds[0].isdigit() and len(seconds[0]) <= 11
    return int(seconds[0]) * _SECOND if known else None


def _blob(objects: GitObjects, tree: str, names: list[str], known: dict[str, str]) -> str:
    """The name of a file's object in a tree; "" where it is not there."""
    for depth, name in enumerate(names):
        key = f"{tree}/{depth}"
        if key not in known:
            known[key] = _entry(objects.get(tree, "tree"), name, depth < len(names) - 1)
        tree = known[key]
        if not tree:
            return ""
    return tree


def _entry(tree: bytes, name: str, folder: bool) -> str:
    wanted = name.encode("utf-8", "surrogateescape")
    modes = (_FOLDER,) if folder else _FILES
    at = 0
    while (end := tree.find(b"\0", at)) >= 0:
        mode, _, entry = tree[at:end].partition(b" ")
        if entry == wanted and mode.lstrip(b"0") in modes:
            return tree[end + 1 : end + 21].hex()
        at = end + 21
    return ""
