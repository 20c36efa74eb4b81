"""What was found on this computer, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.formatting import counted, size
from hpm_engine import Discovered

KEEP = "Keep the store up to date with it (File ▸ Sources…)"


def readable(folders: Sequence[Discovered]) -> list[Discovered]:
    """Those that can be imported."""
    return [folder for folder in folders if folder.read]


def count_words(folders: Sequence[Discovered]) -> str:
    """How much is there, like ``132 sessions and 2 files``, of which nobody knows."""
    sessions = sum(folder.sessions or 0 for folder in folders if not folder.notes)
    unknown = sum(folder.files for folder in folders if folder.sessions is None or folder.notes)
    parts = [counted(sessions, "session")] if sessions or not unknown else []
    if unknown:
        parts.append(counted(unknown, "file"))
    return " and ".join(parts)


def agent_words(folder: Discovered) -> str:
    """An agent with what it left, like ``Codex: 41 sessions``."""
    return f"{folder.agent}: {count_words([folder])}"


def unread_sentence(folders: Sequence[Discovered]) -> str:
    """Which agents were found that this version cannot read; empty where there are none."""
    left = [folder for folder in folders if not folder.read]
    if not left:
        return ""
    agents = ", ".join(dict.fromkeys(folder.agent for folder in left))
    return (
        f"Found, not read by this version: {agents} ({size(sum(folder.size for folder in left))})."
    )
