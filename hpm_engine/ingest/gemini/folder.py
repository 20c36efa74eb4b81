"""The folder of a Gemini CLI session, from a file beside it or from its context."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import StepFlag

# Paths from chats, subagents' chats and checkpoints.
_ROOTS = ("../.project_root", "../../.project_root", ".project_root")
_WORKSPACE = re.compile(
    r"^[ \t]*[-*]? ?\**Workspace Directories:\**[ \t]*\n[ \t]*- ([^\n]{1,1000})", re.MULTILINE
)
_WORKING = re.compile(
    r"^[ \t]*I'm currently working in the directory: ([^\n]{1,1000})", re.MULTILINE
)


def root_beside(source: SourceFile) -> str:
    """The project's folder in the file ``.project_root`` beside the source; "" without one."""
    for relative in _ROOTS:
        lines = (source.beside(relative) or b"").decode("utf-8-sig", "replace").split("\n")
        if root := lines[0].strip().rstrip("/\\"):
            return root
    return ""


def named_folder(steps: Iterable[StepDraft]) -> str:
    """The person's working folder that a session's injected context names; "" without one."""
    for step in steps:
        if step.flags & StepFlag.INJECTED and step.parts:
            text = step.parts[0].text
            named = _WORKSPACE.search(text) or _WORKING.search(text)
            if named is not None:
                return named[1].strip().rstrip("/\\")
    return ""
