"""What a step's command does: edit, read, search, test; and which files it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

import msgspec

from hpm_engine.records import PartKind, Step

_PATH = re.compile(r"/?(?:[\w.-]+/)*[\w-]+\.(?:[a-z]{1,5}\b)(?!\()")
_RUN_TOGETHER = re.compile(r"[\w/.-]+\(?")  # only at its beginning can a path stand
_EDIT = re.compile(
    r"\bsed\s+(?:-\w+\s+)*-i|<<\s*['\"]?\w+['\"]?\s*>\s*\S|>\s*[\w./-]+\.\w+\s*<<"
    r"|\bpatch\b|\bgit apply\b|\.write\(|write_text\(|\*\*\* (?:Update|Add) File"
    r'|"new_str(?:ing)?"|"file_text"|^str_replace|^edit\b|^create\b|^insert\b'
)
_TEST = re.compile(r"\bpytest\b|\bruntests?\b|\bunittest\b|\btox\b|\bnpm test\b|\bcargo test\b")
_SEARCH = re.compile(r"\bgrep\b|\brg\b|\bfind\b|\bag\b|\bsearch_|\bglob\b", re.IGNORECASE)
_READ = re.compile(
    r"\bcat\b|\bhead\b|\btail\b|\bsed -n|\bless\b|\bnl\b|\bview\b|\bopen\b|\bread\b", re.I
)
_RUN = re.compile(r"\bpython\d?\b|\bnode\b|\bcargo\b|\bmake\b|\bgo run\b")
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


_ORDER = ((_EDIT, Does.EDIT), (_TEST, Does.TEST), (_SEARCH, Does.SEARCH), (_READ, Does.READ))


def does(step: Step) -> Does:
    """What the step's calls do; an edit counts before anything else."""
    text = "\n".join(f"{p.name} {p.text}" for p in step.parts if p.kind is PartKind.CALL)
    for pattern, kind in (*_ORDER, (_RUN, Does.RUN)):
        if pattern.search(text):
            return kind
    return Does.OTHER


def files(step: Step) -> frozenset[str]:
    """The files that the step's calls name."""
    text = "\n".join(part.text for part in step.parts if part.kind is PartKind.CALL)
    places = {one for one in _RUN_TOGETHER.findall(text) if "." in one}
    found = [path[0] for place in places if (path := _PATH.match(place))]
    return frozenset(path.removeprefix("/testbed/") for path in found)


class Deeds(msgspec.Struct, frozen=True):
    """Of each step what its calls do, and the files that they name; parallel."""

    kinds: tuple[Does, ...]
    named: tuple[frozenset[str], ...]


def deeds_of(steps: Sequence[Step]) -> Deeds:
    """The deeds of an episode's steps, looked for once: these are searches of all its commands."""
    return Deeds(tuple(map(does, steps)), tuple(map(files, steps)))


def is_source(path: str) -> bool:
    """Whether a file is neither a test nor an attempt that is thrown away."""
    return not _TEST_FILE.search(path) and not _SCRATCH.search(path)
