"""A session on a screen: messages, calls and results, as an agent displays them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from hpm_engine.ingest.consoles.console_lines import ConsoleLine
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.identity import Keys
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_LONGEST_JOINED = 100_000  # characters of a result to which more is joined
_REDRAWN_WITHIN = 20  # later sessions that may show a session again
_FAILED = ("Error", "[API Error", "Traceback (most recent call last)")
_FRAME = "the shell, frames and status lines"
_REDRAWN = "a session that the screen shows again"
_ANSWERLESS = "an answer to nothing on the screen"


class ScreenSession:
    """A session under construction, which gets the screen's items line by line.

    ``account`` counts every line that shows something as read; lines of no item are passed over.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.lines = 0  # lines of its items that show something
        self.turns: list[Turn] = []
        self.cwd = self.model = ""
        self._kind: PartKind | None = None
        self._name = ""
        self._source = StepSource.SYSTEM
        self._flags = StepFlag.NONE
        self._lines: list[str] = []
        self._start = self._end = 0
        self._shown = 0  # lines of the item that show something
        self._held: set[PartKind] = set()  # kinds of the last step's parts

    def open(
        self,
        kind: PartKind,
        line: ConsoleLine,
        text: str,
        *,
        source: StepSource = StepSource.AGENT,
        name: str = "",
        flags: StepFlag = StepFlag.NONE,
    ) -> None:
        """Begin an item with its first line; this finishes the item before."""
        self.close()
        self._kind, self._name, self._source, self._flags = kind, name, source, flags
        self._lines, self._start = [text], line.start
        self._end, self._shown = line.end, line.counts

    def answer(self, line: ConsoleLine, flags: StepFlag) -> None:
        """Begin the answer of the current call, whose line is complete."""
        self.open(PartKind.RESULT, line, "", flags=flags)
        self._shown = 0  # the line belongs to the call

    def more(self, line: ConsoleLine, indent: int) -> None:
        """Add a line to the item, without up to ``indent`` leading spaces."""
        if self._kind is not None:
            margin = len(line.text) - len(line.text.lstrip(" "))
            self._lines.append(line.text[min(margin, indent) :])
            self._end = line.end
            self._shown += line.counts
        else:
            self.leave(line)

    def leave(self, line: ConsoleLine) -> None:
        """Pass over a line of no item: the shell's, a frame, a status line."""
        self.close()
        self.account.pass_over(_FRAME, line.counts)

    def wait(self, line: ConsoleLine) -> None:
        """Pass over a status line in the position of an answer: the current item goes on."""
        self.account.pass_over(_FRAME, line.counts)

    def drop(self) -> None:
        """Pass over all lines of the session: the screen shows it again later."""
        self.account.pass_over(_REDRAWN if self.turns else _FRAME, self.lines)

    def close(self) -> None:
        """Finish the current item."""
        count, self._shown = self._shown, 0
        self.lines += count
        kind, text = self._kind, "\n".join(self._lines).strip()
        self._kind = None
        if kind is PartKind.RESULT:
            self._add_result(text, count)
        elif kind is not None and (text or self._name):
            self._add(Part(kind, text, self._name))
        else:
            self._leave_out(_FRAME, count)

    @property
    def open_kind(self) -> PartKind | None:
        """The kind of the current item; None between items."""
        return self._kind

    @property
    def begun(self) -> bool:
        """Whether the session has an item."""
        return bool(self.turns) or self._kind is not None

    def _add(self, part: Part) -> None:
        last, raw = self._joined(part.kind), (self._start, self._end - self._start)
        if last is None:
            last = Turn(self._source, [], raw, None)
            last.flags = self._flags
            self.turns.append(last)
            self._held = set()
        else:
            last.raw = (last.raw[0], self._end - last.raw[0])
        last.parts.append(part)
        self._held.add(part.kind)
        if part.kind is PartKind.CALL:
            last.waiting.append("")

    def _joined(self, kind: PartKind) -> Turn | None:
        """The step that an item continues, being of the same reply; None for a new step."""
        last = self.turns[-1] if self.turns else None
        if last is None or last.source is not StepSource.AGENT or self._source is not last.source:
            return None
        if self._held <= {PartKind.REASONING}:
            return last
        joins = kind is PartKind.CALL and PartKind.RESULT not in self._held
        return last if joins else None

    def _leave_out(self, rule: str, count: int) -> None:
        self.lines -= count
        self.account.pass_over(rule, count)

    def _add_result(self, text: str, count: int) -> None:
        last = self.turns[-1] if self.turns else None
        if last is None:
            self._leave_out(_ANSWERLESS, count)
            return
        last.flags |= self._flags
        if not text:
            if last.waiting:
                last.waiting.pop(0)  # done, with nothing to show
            return
        last.raw = (last.raw[0], self._end - last.raw[0])
        failed = bool(self._flags & StepFlag.ERROR) or text.startswith(_FAILED)
        self._held.add(PartKind.RESULT)
        before = last.parts[-1]
        if last.waiting:
            last.answer(text, "", "", failed)
        elif before.kind is PartKind.RESULT and len(before.text) < _LONGEST_JOINED:
            last.parts[-1] = Part(PartKind.RESULT, f"{before.text}\n{text}", is_error=failed)
            last.flags |= StepFlag.ERROR if failed else StepFlag.NONE
        else:
            last.parts.append(Part(PartKind.RESULT, text, is_error=failed))


def screen_episodes(
    format_: str, agent: str, sessions: Iterable[ScreenSession]
) -> Iterator[EpisodeDraft]:
    """An episode for each session that shows any step.

    A screen that was drawn anew, wider or narrower, repeats its session from the start: only the
    last repetition, which is the longest, counts.
    """
    keys = Keys()
    finished = [_FinishedSession(session) for session in sessions]
    shown = [session for session in finished if session.steps]
    for empty in finished:
        if not empty.steps:
            empty.screen.drop()
    for number, session in enumerate(shown, 1):
        following = shown[number : number + _REDRAWN_WITHIN]
        if any(session.redrawn_in(later) for later in following):
            session.screen.drop()
            continue
        first, last, cwd = session.steps[0], session.steps[-1], session.screen.cwd
        yield EpisodeDraft(
            format=format_,
            key=keys.key(session.digest()),
            steps=session.steps,
            agent=agent,
            model=session.screen.model,
            project=cwd.rstrip("/").rpartition("/")[2],
            cwd=cwd,
            task=task_line(session.task()),
            raw_start=first.raw_start,
            raw_size=last.raw_start + last.raw_size - first.raw_start,
        )


class _FinishedSession:
    """A finished session; its texts are compared without the spaces that a screen adds."""

    def __init__(self, session: ScreenSession) -> None:
        session.close()
        self.screen = session
        self.steps = tuple(turn.draft() for turn in session.turns)
        self._prompts = [_said(step) for step in self.steps if step.source is StepSource.USER]
        self._asked = ["".join(text.split()) for text in self._prompts]
        replies = (_said(step) for step in self.steps if step.source is StepSource.AGENT)
        self._replies = ["".join(text.split()) for text in replies if text]

    def redrawn_in(self, later: _FinishedSession) -> bool:
        """Whether a later session of the screen repeats this one and goes on."""
        if not self._asked:
            return bool(self._replies) and set(self._replies) <= set(later._replies)
        return len(self._asked) > 1 and later._asked[: len(self._asked)] == self._asked

    def task(self) -> str:
        """The first prompt that is no command; else the first prompt."""
        prompts = (text for text in self._prompts if not text.startswith("/"))
        return next(prompts, "".join(self._prompts[:1]))

    def digest(self) -> str:
        """16 hex digits of the session's beginning, which tells it from others."""
        began = (self.screen.cwd, *self._asked[:1], *self._replies[:1])
        return hashlib.sha256("\0".join(began).encode()).hexdigest()[:16]


def _said(step: StepDraft) -> str:
    return "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)


def is_rule(text: str) -> bool:
    """Whether a line is only the edge of a box."""
    return _EDGE.fullmatch(text) is not None


_EDGE = re.compile(r"\s*[╭╰├┌└][─═]*[╮╯┤┐┘]?\s*")
