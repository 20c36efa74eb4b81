"""Aider's ``.aider.chat.history.md``: chats appended to one Markdown file.

Reference: aider.chat/docs/config/options.html (chat history file).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hpm_engine.ingest.consoles.console_lines import ConsoleLine, console_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.identity import Keys
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_STARTED = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_MODEL = re.compile(r"> (?:Main model|Model|Models): (\S+)")
_TOKENS = re.compile(r"Tokens: ([\d.,]+)(k?) sent,.*?([\d.,]+)(k?) received")
_MARKED = b"\xef\xbb\xbf# aider chat started at "  # behind a byte order mark
_LONGEST_COUNT = 300  # characters of a line with counts
_COST = re.compile(r"Cost: \$(\d+(?:\.\d+)?) (?:message|send)")
_NOTHING = "<blank>"  # the person pressed Enter alone
_QUESTIONS = frozenset(("ask", "code", "architect", "context"))  # go to the model
_COMMANDS = frozenset(
    (
        *("add", "chat-mode", "clear", "commit", "copy", "copy-context", "diff", "drop", "edit"),
        *("editor", "editor-model", "exit", "git", "help", "lint", "load", "ls", "map"),
        *("map-refresh", "model", "models", "multiline-mode", "paste", "quit", "read-only"),
        *("reasoning-effort", "report", "reset", "run", "save", "settings", "test"),
        *("think-tokens", "tokens", "undo", "voice", "weak-model", "web"),
    )
)
_OUTSIDE = {"user": StepSource.USER, "tool": StepSource.SYSTEM, "agent": StepSource.AGENT}


class _Chat:
    """A chat under construction, which gets its lines one by one."""

    def __init__(self, started: str = "") -> None:
        self.started = started
        self.model = ""
        self.turns: list[Turn] = []
        self._who = ""
        self.lines = 0  # lines that the source's account counts as read
        self._lines: list[str] = []
        self._start = self._end = 0
        self._fenced = self._edited = False

    def add(self, line: ConsoleLine) -> None:
        """Add a line: the person's, the program's or the model's."""
        text = line.text
        self.lines += line.counts
        who = self._speaker(text)
        if model := _MODEL.match(text):
            self.model = self.model or model[1]
        if who != self._who and (text or who != "agent"):
            self.close()
            self._who, self._start = who, line.start
        if who == "user":
            text = text[5:]
        elif who == "tool":
            text = text[2:]
        self._lines.append(text)
        self._end = line.end

    def close(self) -> None:
        """Finish the words of the last speaker."""
        text, who = "\n".join(self._lines).strip(), self._who
        self._lines, self._who = [], ""
        self._fenced = self._edited = False
        if not text:
            return
        last = self.turns[-1] if self.turns else None
        raw = (self._start, self._end - self._start)
        if who == "tool" and last is not None and last.source is StepSource.AGENT:
            _count(last, text, self.model)
        self.turns.append(
            Turn(_OUTSIDE[who], [Part(PartKind.MESSAGE, text)], raw, self._time(not self.turns))
        )
        typed = who == "user" and not (text == _NOTHING or _is_command(text))
        if who != "agent" and not typed:
            self.turns[-1].flags |= StepFlag.INJECTED

    def _speaker(self, text: str) -> str:
        """The speaker of a line; within the model's fences and edits always the model."""
        if self._fenced or self._edited:
            self._fenced ^= text.startswith("```")
            self._edited = self._edited and not text.startswith(">>>>>>> REPLACE")
            return "agent"
        if text.startswith("#### ") or text == "####":  # a blank line of a prompt
            return "user"
        if text.startswith("> ") or text == ">":
            return "tool"
        self._fenced = text.startswith("```")
        self._edited = text.startswith("<<<<<<< SEARCH")
        return self._who if not text and self._who == "user" else "agent"

    def _time(self, first: bool) -> int | None:
        return _local(self.started) if first else None


class AiderReader:
    """One episode for each chat of the file."""

    format = "aider"

    def recognises(self, source: SourceFile) -> bool:
        """Whether a line says that a chat started."""
        if source.records:
            return False
        return source.head.startswith(_MARKED) or source.holds(b"\n# aider chat started at ")

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The chats in order. Raises ``CannotImport`` where nothing was said in any."""
        source.must_fit()
        keys, empty = Keys(), True
        for chat in _chats(console_lines(source)):
            if not any(turn.flags is StepFlag.NONE for turn in chat.turns):
                source.account.pass_over("a chat in which nothing was said", chat.lines)
                continue
            empty = False
            said = (turn for turn in chat.turns if turn.source is StepSource.USER)
            prompts = (turn.parts[0].text for turn in said if turn.flags is StepFlag.NONE)
            prompt = next(prompts, "")
            yield EpisodeDraft(
                format=self.format,
                key=keys.key(chat.started or "before the first start"),
                steps=[turn.draft() for turn in chat.turns],
                agent="Aider",
                model=chat.model,
                task=task_line(prompt),
                started_at=_local(chat.started),
            )
        if empty:
            raise source.account.nothing(source.name, "chats in which nothing was said.")


def _chats(lines: Iterable[ConsoleLine]) -> Iterator[_Chat]:
    chat = _Chat()
    for line in lines:
        if not line.start:  # a byte order mark is no word
            line = line._replace(text=line.text.removeprefix("\ufeff"))
        if start := _STARTED.fullmatch(line.text):
            chat.close()
            yield chat
            chat = _Chat(start[1])
            chat.lines = line.counts
        else:
            chat.add(line)
    chat.close()
    yield chat


def _is_command(text: str) -> bool:
    """Whether a person's words are a command to Aider; those that hold a question are not."""
    word, _, rest = text.partition(" ")
    known = word.startswith("/") and word[1:] in _COMMANDS | _QUESTIONS
    return known and not (word[1:] in _QUESTIONS and rest.strip())


def _count(turn: Turn, output: str, model: str) -> None:
    """Take the tokens and the cost that Aider reports after a reply."""
    for line in output.split("\n"):
        if counts := _TOKENS.match(line[:_LONGEST_COUNT]):
            turn.tokens_in, turn.tokens_out = (
                _number(*counts.group(1, 2)),
                _number(*counts.group(3, 4)),
            )
            turn.model = model
            if cost := _COST.search(line[:_LONGEST_COUNT]):
                turn.cost = dollars(float(cost[1]))


def _number(digits: str, thousand: str) -> int | None:
    try:
        return token_count(round(float(digits.replace(",", "")) * (1000 if thousand else 1)))
    except (ValueError, OverflowError):
        return None


def _local(started: str) -> int | None:
    """The time of a start, which Aider writes in the computer's own zone without naming it."""
    return micros(started) if started else None
