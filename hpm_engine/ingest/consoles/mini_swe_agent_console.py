"""mini-SWE-agent on a recorded console, above all Terminal-Bench's ``sessions/agent.log``.

The trial's ``results.json`` in the folder above gives the task, the times and the outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.consoles.console_lines import ConsoleLine, console_lines
from hpm_engine.ingest.json.text import decode
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import head_digest, not_empty
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.swe_agent.mini_text import failed, fenced_command, says_finished
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome, Part, PartKind, StepFlag, StepSource

RESULTS = "../results.json"
_HEADER = re.compile(r"(System|User|mini-swe-agent) ?(?:\(step (\d+), \$([\d.]+)\))?:")
_RULE = re.compile(r"─{20,}")
_LAUNCH = re.compile(r"\bmini (?:.* )?-m (\S+)")
# The log of the model library, which is between, and even within, the agent's lines.
_LIBRARY_LOG = re.compile(
    r"^\d\d:\d\d:\d\d - LiteLLM:\w+: .*\n"
    r"(?:\n(?:Traceback|During handling|The above exception).*\n"
    r"|(?:Traceback|During handling|The above exception|[ \t]|[\w.]+(?:Error|Exception)\b).*\n)*+",
    re.MULTILINE,
)
_COMMAND = 2000  # characters of a line that are searched for the agent's start
_TAIL_LINES = 200  # last lines of a run that broke down
_OUTSIDE = "what the console shows outside of the agent's turns"
_LIBRARY = "the model library's own log"


class TrialResults(msgspec.Struct):
    """Terminal-Bench's facts about a trial; ``is_resolved`` is null if the tests did not finish."""

    trial_name: object = None
    task_id: object = None
    instruction: object = None
    is_resolved: object = None
    agent_started_at: object = None
    agent_ended_at: object = None


_RESULTS: msgspec.json.Decoder[TrialResults] = msgspec.json.Decoder(TrialResults)


class _Section:
    """The lines of the console under one header."""

    def __init__(self, kind: str, cost: float = 0.0) -> None:
        self.kind = kind
        self.cost = cost  # dollars of the run so far
        self.lines: list[ConsoleLine] = []

    @property
    def _written(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines if not _RULE.fullmatch(line.text))

    @property
    def text(self) -> str:
        """The lines without the library's log and the rule at the end."""
        return _LIBRARY_LOG.sub("", self._written).strip()

    def leave_out(self, account: Account, *, whole: bool) -> None:
        """Pass over lines without a step: the library's log, or the ``whole`` section."""
        if whole:
            account.pass_over(_OUTSIDE, sum(line.counts for line in self.lines))
        else:
            logged = _shown(self._written) - _shown(self.text)
            account.pass_over(_LIBRARY, logged)

    @property
    def raw(self) -> tuple[int, int]:
        """The first byte and the size of the bytes that painted it."""
        if not self.lines:
            return 0, 0
        return self.lines[0].start, self.lines[-1].end - self.lines[0].start


class MiniSweAgentConsoleReader:
    """One episode for each console, even for a run that broke down before its first step."""

    format = "mini-swe-agent-console"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the console began in Terminal-Bench's way, or shows the agent's first step."""
        if source.records:
            return False
        if source.holds(b"\x1b") and source.holds(b"/installed-agent/"):
            return True
        first = source.holds(b"\nmini-swe-agent (step 1, $")
        return (
            first and source.beside("../sessions/agent.log") is None
        )  # else it is that log's last screen

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The console's episode. Raises ``NothingToImport`` where it shows nothing at all."""
        source.must_fit()
        account = source.account
        results = _results(source)
        sections = list(_sections(console_lines(source)))
        talk = Conversation()
        outside = _add_sections(talk, sections)
        if any(turn.source is StepSource.USER for turn in talk.turns):
            for section in sections:
                section.leave_out(account, whole=section in outside)
        else:
            talk = _broken_down(sections, _word(results.instruction), account)
        steps = talk.drafts()
        prompt = _word(results.instruction) or _prompt(talk)
        task_key, trial = _word(results.task_id), _word(results.trial_name)
        launches = (_launch(line) for line in sections[0].lines)
        model = next((launch[1] for launch in launches if launch), "")
        draft = EpisodeDraft(
            format=self.format,
            key=trial or head_digest(steps, sections[0].text),
            steps=steps,
            agent="mini-swe-agent",
            model=model,
            project="terminal-bench" if trial else "",
            task=task_line(prompt),
            task_key=task_key,
            outcome=_outcome(results.is_resolved),
            started_at=micros(results.agent_started_at),
            ended_at=micros(results.agent_ended_at),
        )
        yield not_empty(draft, source.name, account)


def _results(source: SourceFile) -> TrialResults:
    data = source.beside(RESULTS) or source.beside("results.json")
    try:
        return decode(data, _RESULTS, source.name) if data else TrialResults()
    except CannotImport:
        source.account.miss("the trial's results.json")
        return TrialResults()


def _sections(lines: Iterable[ConsoleLine]) -> Iterator[_Section]:
    """The sections of the console: one before the first header, then one for each header."""
    section, step, in_output = _Section("before"), 0, False
    for line in lines:
        header = _HEADER.fullmatch(line.text)
        if header and (header[2] is None) == (header[1] == "mini-swe-agent"):
            header = None
        if header and in_output and (header[2] is None or int(header[2]) != step + 1):
            header = None  # the command's output looks like a header
        if header:
            yield section
            step = int(header[2]) if header[2] else step
            section = _Section(header[1], float(header[3] or 0))
            in_output = False
        elif section.kind == "User" and _RULE.fullmatch(line.text):
            yield section
            section, in_output = _Section("between"), False
        else:
            section.lines.append(line)
            if section.kind == "User" and step:
                in_output = (in_output or line.text == "<output>") and line.text != "</output>"
    yield section


def _add_sections(talk: Conversation, sections: list[_Section]) -> set[_Section]:
    """Add the steps; returns the sections that are no part of them."""
    spent, outside = 0.0, set[_Section]()
    for section in sections:
        text, raw, last = section.text, section.raw, talk.last
        if not text:
            continue
        if section.kind == "mini-swe-agent":
            prose, calls = fenced_command(text)
            turn = talk.say(StepSource.AGENT, prose, raw, calls=calls)
            if turn is not None:
                turn.cost, spent = max(section.cost - spent, 0.0), max(section.cost, spent)
                turn.flags |= StepFlag.NONE if calls else StepFlag.NOT_EXECUTED
                if any(says_finished(call.text) for call in calls):
                    turn.flags |= StepFlag.SUBMISSION
        elif section.kind == "System":
            talk.say(StepSource.SYSTEM, text, raw)
        elif section.kind == "User" and last is not None and last.source is StepSource.AGENT:
            if last.waiting:
                talk.answer("", text, raw, is_error=failed(text))
            else:
                last.parts.append(Part(PartKind.RESULT, text, is_error=not _handed_in(last.flags)))
        elif section.kind == "User":
            talk.say(StepSource.USER, text, raw)
        elif section.kind == "between" and "Traceback (most recent call last)" in text:
            turn = talk.say(StepSource.SYSTEM, text, raw)
            if turn is not None:
                turn.flags |= StepFlag.ERROR
        else:
            outside.add(section)
    return outside


def _shown(text: str) -> int:
    return sum(bool(line.strip()) for line in text.split("\n"))


def _launch(line: ConsoleLine) -> re.Match[str] | None:
    return _LAUNCH.search(line.text[:_COMMAND])


def _handed_in(flags: StepFlag) -> bool:
    return bool(flags & StepFlag.SUBMISSION)


def _broken_down(sections: list[_Section], instruction: str, account: Account) -> Conversation:
    """The task, and the console from the agent's start on, or its last lines."""
    talk = Conversation()
    talk.say(StepSource.USER, instruction)
    tail = _Section("before")
    lines = [line for section in sections for line in section.lines]
    started = next((index for index, line in enumerate(lines) if _launch(line)), None)
    tail.lines = lines[started:] if started is not None else lines[-_TAIL_LINES:]
    turn = talk.say(StepSource.SYSTEM, tail.text, tail.raw)
    if turn is not None:
        turn.flags |= StepFlag.ERROR
    tail.leave_out(account, whole=False)
    before = lines[: len(lines) - len(tail.lines)]
    account.pass_over(_OUTSIDE, sum(line.counts for line in before))
    return talk


def _prompt(talk: Conversation) -> str:
    for turn in talk.turns:
        if turn.source is StepSource.USER:
            return "\n".join(part.text for part in turn.parts)
    return ""


def _outcome(resolved: object) -> Outcome:
    if not isinstance(resolved, bool):
        return Outcome.UNKNOWN
    return Outcome.SUCCESS if resolved else Outcome.FAILURE


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
