"""What a step's command does: edit, read, search, test; and which files it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

import msgspec

from hpm_engine.values.episodes import PartKind, Step


def whole(*words: str) -> str:
    """A pattern of any of the words, as a word of its own.

    It looks back behind the word: with a boundary before it a search would try every place.
    """
    return "|".join(rf"{word}(?<!\w{word})\b" for word in words)


_PATH = re.compile(r"/?(?:[\w.-]+/)*[\w-]+\.(?:[a-z]{1,5}\b)(?!\()")
_RUN_TOGETHER = re.compile(r"[\w/.-]+\(?")  # only at its beginning can a path stand
_EDITOR = re.compile(r"str_replace|(?:edit|create|insert)\b")
# An editor that only looks, named in the call or in its JSON: no edit, whatever it is called.
_VIEW = re.compile(r'(?:str_replace\w*\s+)?view\s|\{[^{}]*"command"\s*:\s*"view"')
_EDIT = re.compile(
    r"sed(?<!\wsed)\s+(?:-\w+\s+){0,20}-i|<<\s*['\"]?\w+['\"]?\s*>\s*\S|>\s*[\w./-]+\.\w+\s*<<"
    rf"|{whole('patch', 'git apply')}|\.write\(|write_text\(|\*\*\* (?:Update|Add) File"
    r'|"new_str(?:ing)?"|"file_text"'
)
_TEST = re.compile(
    whole("pytest", "runtest", "runtests", "unittest", "tox", "npm test", "cargo test")
)
_SEARCH = re.compile(rf"{whole('grep', 'rg', 'find', 'ag', 'glob')}|search_(?<!\wsearch_)")
_READ = re.compile(
    rf"{whole('cat', 'head', 'tail', 'less', 'nl', 'view', 'open', 'read')}|sed -n(?<!\wsed -n)"
)
_RUN = re.compile(rf"{whole('node', 'cargo', 'make', 'go run')}|python(?<!\wpython)\d?\b")
_TEST_FILE = re.compile(r"(?:^|/)tests?/|(?:^|/)test_|_test\.|(?:^|/)conftest\.py$")
_SCRATCH = re.compile(r"reproduc|repro_|(?:^|/)tmp/|debug_|verify_|check_|(?:^|/)test_[\w]*\.py$")


class Does(Enum):
    """The class of a step's command."""

    OTHER = 0
    EDIT = 1
    READ = 2
    SEARCH = 3
    TEST = 4
    RUN = 5


def does(step: Step) -> Does:
    """What the step's calls do; an edit counts before anything else."""
    calls = [part for part in step.parts if part.kind is PartKind.CALL]
    others = [call for call in calls if not _VIEW.match(call.text)]
    text = "\n".join(f"{call.name} {call.text}" for call in others)
    if _EDITOR.match(text) or _EDIT.search(text):
        return Does.EDIT
    if _TEST.search(text):
        return Does.TEST
    lower = text.lower()
    if _SEARCH.search(lower):
        return Does.SEARCH
    if len(others) < len(calls) or _READ.search(lower):
        return Does.READ
    return Does.RUN if _RUN.search(text) else Does.OTHER


def files(step: Step) -> frozenset[str]:
    """The files that the step's calls name."""
    calls = [part.text for part in step.parts if part.kind is PartKind.CALL]
    dotted = {chunk for call in calls for chunk in call.split() if "." in chunk}
    dotted_words = [word for word in _RUN_TOGETHER.findall(" ".join(dotted)) if "." in word]
    paths = [path[0] for word in dotted_words if (path := _PATH.match(word))]
    return frozenset(path.removeprefix("/testbed/") for path in paths)


class Deeds(msgspec.Struct, frozen=True):
    """Of each step what its calls do, and the files that they name; parallel."""

    kinds: tuple[Does, ...]
    named: tuple[frozenset[str], ...]


def deeds_of(steps: Sequence[Step]) -> Deeds:
    """The deeds of an episode's steps, looked for once: these are searches of all its commands."""
    return Deeds(tuple(map(does, steps)), tuple(map(files, steps)))


@lru_cache(maxsize=1 << 12)
def is_source(path: str) -> bool:
    """Whether a file is neither a test nor an attempt that is thrown away."""
    return not _TEST_FILE.search(path) and not _SCRATCH.search(path)
