"""Results too large for a session's file, which Claude Code writes under ``tool-results/``."""

from __future__ import annotations

import re

from hpm_engine.ingest.sources.beside import SPILLED, Beside

MARK = "<persisted-output>"
_FOLDERS = (f"{SPILLED}/", f"{SPILLED}\\")
_SAFE = re.compile(r"[A-Za-z0-9][\w.-]{0,199}", re.ASCII)


class SpilledResults:
    """The saved results of a session, looked for only beside the session's own file."""

    def __init__(self, beside: Beside, session: str) -> None:
        """``session`` is the name of the session's folder, which has its subagents' files too."""
        self._beside = beside
        self._session = session

    def whole(self, text: str) -> str:
        """The text as the agent read it, followed by the whole saved result."""
        if not text.lstrip().startswith(MARK) or not (name := saved_name(text)):
            return text
        for folder in self._folders():
            if data := self._beside(f"{folder}/{SPILLED}/{name}"):
                return f"{text}\n{data.decode('utf-8', 'replace')}"
        return text

    def _folders(self) -> tuple[str, ...]:
        return (self._session, "..") if _SAFE.fullmatch(self._session) else ("..",)


def saved_name(text: str) -> str:
    """The saved file's name, never a path: a trace's text may say anything."""
    for folder in _FOLDERS:
        _, named, rest = text.partition(folder)
        name = rest.partition("\n")[0].strip()
        if named and _SAFE.fullmatch(name):
            return name
    return ""
