"""Gemini CLI's screen, copied or recorded: prompts, prose and boxes of tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hpm_engine.ingest.consoles.console_lines import ConsoleLine, console_lines
from hpm_engine.ingest.consoles.screen_session import ScreenSession, is_rule, screen_episodes
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

_BANNER = re.compile(r" ?███ +█{6,}+[ █]*")
_TOOL = re.compile(r" │ (?P<mark>[✔✓✗✕x⊷?o-])  (?P<name>[A-Z]\w*|mcp\S+)(?P<args> .*)?")
_BOX = re.compile(r" │(.*?)│?")
_PROMPT = re.compile(r">[ \xa0](.*)")
_BOXED_PROMPT = "│  > "  # begins the first line of a prompt in a box
_BOXED_MORE = "│    "  # begins the prompt's other lines
_MODEL = re.compile(r"│ Model +(\S+) *│?")
_NOTICE = re.compile(r"([✕ℹ]) ++(.*)")  # noqa: RUF001


class GeminiCliScreenReader:
    """One episode for each start banner. Import is lossy: lines were cut at the screen's edge."""

    format = "gemini-cli-screen"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the text shows the agent's mark with its tools' boxes, or its banner."""
        if source.opening.value is not None:
            return False
        if not source.holds("\n✦ ".encode()):
            return False
        return source.holds(" │ ✔  ".encode()) or source.holds("\n ███ ".encode())

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The sessions in order. Raises ``CannotImport`` where nothing was said in any."""
        source.must_fit()
        empty = True
        for draft in screen_episodes(
            self.format, "Gemini CLI (screen)", _sessions(console_lines(source), source.account)
        ):
            empty = False
            yield draft
        if empty:
            raise source.account.nothing(source.name, "a screen on which nothing was said or done.")


def _sessions(lines: Iterable[ConsoleLine], account: Account) -> Iterator[ScreenSession]:
    session = ScreenSession(account)
    for line in lines:
        if _BANNER.fullmatch(line.text) and session.begun:
            yield session
            session = ScreenSession(account)
        _add(session, line)
    yield session


def _add(session: ScreenSession, line: ConsoleLine) -> None:
    text = line.text
    if text.startswith("✦"):
        session.open(PartKind.MESSAGE, line, text[1:].strip())
    elif (prompt := _PROMPT.fullmatch(text)) or text.startswith(_BOXED_PROMPT):
        words = prompt[1] if prompt else text[len(_BOXED_PROMPT) :].rstrip(" │")
        session.open(PartKind.MESSAGE, line, words, source=StepSource.USER)
    elif tool := _TOOL.fullmatch(text):
        _add_tool(session, line, tool)
    elif notice := _NOTICE.fullmatch(text):
        flags = StepFlag.ERROR if notice[1] == "✕" else StepFlag.NONE
        flags |= StepFlag.INTERRUPTED if "cancelled" in notice[2] else StepFlag.NONE
        session.open(PartKind.MESSAGE, line, notice[2], source=StepSource.SYSTEM, flags=flags)
    elif is_rule(text):
        session.leave(line)
    elif (boxed := _BOX.fullmatch(text)) and session.open_kind is PartKind.RESULT:
        session.more(line._replace(text=boxed[1].rstrip()), 4)
    elif text.startswith(_BOXED_MORE) and session.open_kind is PartKind.MESSAGE:
        session.more(line._replace(text=text[len(_BOXED_MORE) :].rstrip(" │")), 0)
    elif not text or text.startswith("  "):
        session.more(line, 2)
    else:
        if model := _MODEL.fullmatch(text):
            session.model = session.model or model[1]
            session.close()
        else:
            session.leave(line)


def _add_tool(session: ScreenSession, line: ConsoleLine, tool: re.Match[str]) -> None:
    """Add the first line of a tool's box; the other lines are the tool's result."""
    arguments = (tool["args"] or "").rstrip(" │").strip()
    session.open(PartKind.CALL, line, arguments, name=tool["name"])
    flags = StepFlag.ERROR if tool["mark"] in "✗✕x" else StepFlag.NONE
    flags |= StepFlag.INTERRUPTED if tool["mark"] == "-" else StepFlag.NONE
    session.answer(line, flags)
