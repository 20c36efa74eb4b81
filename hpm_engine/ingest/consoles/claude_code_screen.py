"""Claude Code's screen, copied or recorded: prompts, prose, calls and folded results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hpm_engine.ingest.consoles.console_lines import ConsoleLine, console_lines
from hpm_engine.ingest.consoles.screen_session import ScreenSession, is_rule, screen_episodes
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

_WELCOME = re.compile(r"│ ✻ Welcome to Claude")
_CALL = re.compile(
    r"(?P<name>[A-Z][A-Za-z]+|mcp__[\w-]+|[\w-]+(?: - |:)[\w-]+(?: \(MCP\))?)"
    r"\((?P<args>.*)"
)
_PLAIN_CALL = re.compile(r"(Update Todos|List|Compact)(?:…)?")
_RESULT = re.compile(r"\s++⎿[ \xa0]*+(.*)")
_WAITING = re.compile(r"(?:Waiting|Running|Initializing)…")
_COMPACTED = re.compile(r"=+ Previous Conversation Compacted =+")
_PROMPT = re.compile(r"[>❯][ \xa0](.*)|>")  # noqa: RUF001


class ClaudeCodeScreenReader:
    """One episode for each start banner. Import is lossy: folded text is not on the screen."""

    format = "claude-code-screen"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the text shows the start banner, or prompts with calls and results."""
        if source.opening.value is not None:
            return False
        if source.holds("│ ✻ Welcome to Claude".encode()):
            return True
        return all(source.holds(mark.encode()) for mark in ("\n⏺ ", "⎿", "\n> "))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The sessions in order. Raises ``CannotImport`` where nothing was said in any."""
        source.must_fit()
        empty = True
        for draft in screen_episodes(
            self.format, "Claude Code (screen)", _sessions(console_lines(source), source.account)
        ):
            empty = False
            yield draft
        if empty:
            raise source.account.nothing(source.name, "a screen on which nothing was said or done.")


def _sessions(lines: Iterable[ConsoleLine], account: Account) -> Iterator[ScreenSession]:
    session, in_banner = ScreenSession(account), False
    for line in lines:
        if _WELCOME.match(line.text):
            yield session
            session, in_banner = ScreenSession(account), True
            session.leave(line)
        elif in_banner:
            in_banner = not is_rule(line.text)
            shown = line.text.strip("│ ")
            if shown.startswith("cwd: "):
                session.cwd = shown[5:]
            elif shown.startswith("• Model: "):
                session.model = shown[9:]
            else:
                session.leave(line)
        else:
            _add(session, line)
    yield session


def _add(session: ScreenSession, line: ConsoleLine) -> None:
    text = line.text
    if text.startswith("⏺"):
        _add_agent(session, line, text[1:].strip())
    elif prompt := _PROMPT.fullmatch(text):
        words = (prompt[1] or "").removesuffix(" is running…").strip()
        session.open(PartKind.MESSAGE, line, words, source=StepSource.USER)
    elif (result := _RESULT.fullmatch(text)) and session.begun:
        if _WAITING.fullmatch(result[1]):
            session.wait(line)
        else:
            session.open(PartKind.RESULT, line, result[1])
    elif text.startswith("✻ Thinking"):
        session.open(PartKind.REASONING, line, "")
    elif _COMPACTED.fullmatch(text):
        words = "Previous conversation compacted"
        flags = StepFlag.COMPACTION
        session.open(PartKind.MESSAGE, line, words, source=StepSource.SYSTEM, flags=flags)
        session.close()
    elif not text or text.startswith(" "):
        session.more(line, 5 if session.open_kind is PartKind.RESULT else 2)
    else:
        session.leave(line)


def _add_agent(session: ScreenSession, line: ConsoleLine, text: str) -> None:
    if call := _CALL.fullmatch(text):
        arguments = call["args"].removesuffix("…").removesuffix(")")
        session.open(PartKind.CALL, line, arguments, name=call["name"])
    elif call := _PLAIN_CALL.fullmatch(text):
        session.open(PartKind.CALL, line, "", name=call[1])
    else:
        session.open(PartKind.MESSAGE, line, text)
