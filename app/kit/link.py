"""Links: to episodes and steps as command lines that open them, and to rows of the audit log."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from hpm_engine import AuditFilter, Job, Memory

_LINK = re.compile(r"episode/([0-9]{1,18})(?:/step/([0-9]{1,9}))?")


def link(episode_id: int, seq: int | None = None) -> str:
    """Where an episode or a step is, in words that ``place_of`` understands; steps count from 1."""
    step = "" if seq is None else f"/step/{seq + 1}"
    return f"episode/{episode_id}{step}"


def command_line(store: Path, episode_id: int, seq: int | None = None) -> str:
    """What opens the window there, for a shell."""
    return f"hpm-inspector {shlex.quote(str(store))} --go {link(episode_id, seq)}"


def place_of(text: str) -> Place:
    """The place that a link names; raises ``ValueError``."""
    match = _LINK.fullmatch(text.strip())
    if match is None or match[2] == "0":
        raise ValueError(f"{text!r} is no link like episode/12 or episode/12/step/4")
    seq = None if match[2] is None else int(match[2]) - 1
    return Place(ViewName.EPISODES, int(match[1]), seq)


def audit_place(subject: str, memory: Memory, job: Job) -> Place:
    """The newest row of the log about a subject such as ``cycle:7``; the log where none is."""
    wanted = AuditFilter(text=subject)
    for span in reversed(memory.audit.acts(wanted, job)):
        for row in memory.audit.rows_of(wanted, span)[::-1] if span.rows > 1 else (span,):
            stored = memory.audit.numbered(row.last)
            if stored is not None and stored.subject == subject:
                return Place(ViewName.AUDIT, audit_row=row.last)
    return Place(ViewName.AUDIT)
