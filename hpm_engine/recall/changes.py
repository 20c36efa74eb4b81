"""What an episode changed: files and the text of the changes, from patches and editing calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import msgspec

from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag

_LONGEST = 200_000  # characters of one change
_DIFF = re.compile(r"^diff --git a/(\S+) b/(\S+)$", re.MULTILINE)
_PLUS = re.compile(r"^\+\+\+ (?:b/)?(\S+)", re.MULTILINE)
_APPLIED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.+)$", re.MULTILINE)
_TEST = re.compile(r"(?:^|/)(?:tests?|testing|spec)/|(?:^|/)test_|_test\.\w+$|(?:^|/)conftest\.py$")
PATH_KEYS = (  # of a call, that name the file
    *("file_path", "path", "notebook_path", "filename", "absolute_path"),
    *("filePath", "target_file", "targetFile", "TargetFile"),
)
_TEXT_KEYS = (
    *("new_string", "new_str", "content", "file_text", "new_source", "insert_text"),
    *("newString", "newStr", "newText", "contents", "code_edit", "CodeContent"),
)
_READS = frozenset(("view", "read", "ls", "grep", "glob"))


class FileChange(msgspec.Struct, frozen=True):
    """A file that was changed, and the text that tells how."""

    path: str
    text: str


def changes_of(steps: Iterable[Step], cwd: str) -> list[FileChange]:
    """What the steps changed: their final patch if one was handed in, else every edit.

    Paths are relative to ``cwd``, the folder that the episode worked in ("" where not known).
    """
    edits: list[FileChange] = []
    submitted: list[FileChange] = []
    for step in steps:
        if step.flags & (StepFlag.COPIED | StepFlag.DEMONSTRATION):
            continue
        for part in step.parts:
            if step.flags & StepFlag.SUBMISSION:
                submitted = list(_diffs(part.text, cwd)) or submitted
            if part.kind is PartKind.CALL:
                edits += _edits(part, cwd)
    return submitted or edits


def is_test(path: str) -> bool:
    """Whether a file is a test: it tells little of where a fault lies."""
    return _TEST.search(path.lower()) is not None


def _diffs(text: str, cwd: str) -> Iterator[FileChange]:
    """The files of a unified diff."""
    heads = list(_DIFF.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=False):
        yield FileChange(_relative(head[2], cwd), text[head.start() : end][:_LONGEST])
    if not heads:
        for match in _PLUS.finditer(text):
            if match[1] != "/dev/null":
                yield FileChange(_relative(match[1], cwd), text[:_LONGEST])


def _edits(call: Part, cwd: str) -> Iterator[FileChange]:
    """The files that a call of an editing tool writes."""
    applied = list(_APPLIED.finditer(call.text)) if "*** " in call.text else []
    for applied_match in applied:
        yield FileChange(
            _relative(applied_match[1].strip().strip('"\\n'), cwd), call.text[:_LONGEST]
        )
    if applied or not call.text.startswith("{"):
        return
    try:
        arguments = json.loads(call.text)
    except ValueError:
        return
    if not isinstance(arguments, dict) or arguments.get("command") in _READS:
        return
    path = next((value for key in PATH_KEYS if (value := arguments.get(key))), None)
    texts = [value for key in _TEXT_KEYS if isinstance(value := arguments.get(key), str)]
    texts += [
        edit["new_string"]
        for edit in arguments.get("edits") or ()
        if isinstance(edit, dict) and isinstance(edit.get("new_string"), str)
    ]
    if isinstance(path, str) and texts:
        yield FileChange(_relative(path, cwd), "\n".join(texts)[:_LONGEST])


def _relative(path: str, cwd: str) -> str:
    folder = cwd.rstrip("/\\")
    if folder and path.startswith((f"{folder}/", f"{folder}\\")):
        path = path[len(folder) :].lstrip("\\")
    return path.lstrip("/").removeprefix("./")
