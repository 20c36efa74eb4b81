"""Builds the steps of one Claude Code session from its lines, in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from hpm_engine.drafts import EpisodeDraft, StepDraft
from hpm_engine.ingest.claude_code_lines import MESSAGE, Block, Line, Message, Usage, blocks
from hpm_engine.ingest.claude_code_queue import PromptQueue
from hpm_engine.ingest.claude_code_text import block_text, flags_of, result_text, slash_command
from hpm_engine.ingest.first_lines import one_line, project_of
from hpm_engine.ingest.line_records import Located
from hpm_engine.ingest.pending_steps import PendingStep, PendingSteps
from hpm_engine.ingest.times import micros
from hpm_engine.ingest.typed_json import as_written
from hpm_engine.records import PartKind, StepFlag, StepSource

SYNTHETIC = "<synthetic>"


class ClaudeCodeSession:
    """Turns lines into steps and fills in ``draft`` on the way.

    File order counts, not the parent tree: following parents drops parallel tool results. History
    that a resumed session appended again is recognised by message, call and time, and left out.
    """

    def __init__(self, draft: EpisodeDraft) -> None:
        self._draft = draft
        self._pending = PendingSteps()
        self._queue = PromptQueue()
        self._seen: set[int] = set()  # hashes of blocks, so that memory stays small
        self._messages: set[int] = set()
        self._models: Counter[str] = Counter()
        self._current: PendingStep | None = None
        self._current_id = ""
        self._command = ""

    def steps(self, lines: Iterable[Located[Line]]) -> Iterator[StepDraft]:
        """The steps, each as soon as it is complete."""
        for line in lines:
            record = line.record
            if record.type == "assistant":
                self._assistant(line)
            elif record.type == "user":
                self._user(line)
            elif record.type == "queue-operation":
                self._queue_operation(line)
            else:
                continue
            self._note_place(record)
            yield from self._pending.ready()
        yield from self._pending.rest()
        if not self._draft.task:
            self._draft.task = one_line(self._command)

    def _note_place(self, record: Line) -> None:
        draft = self._draft
        if record.cwd and not draft.cwd:
            draft.cwd = record.cwd
            draft.project = project_of(record.cwd)
        if record.git_branch and not draft.branch:
            draft.branch = record.git_branch

    def _new(self, *identity: object) -> bool:
        key = hash(identity)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    # The agent

    def _assistant(self, line: Located[Line]) -> None:
        message = MESSAGE.nested(line.record.message)
        if message is None:
            return
        message_id = message.id or ""
        owner = message_id or line.record.timestamp
        fresh = [block for block in blocks(message.content) if self._is_new(block, owner)]
        step = self._current if message_id and message_id == self._current_id else None
        if step is None or step.emitted:
            if not fresh:
                return
            step = self._open_agent_step(line, message)
        step.cover(line)
        self._count_tokens(step, message)
        for block in fresh:
            _add(step, block)
            if block.type.endswith("tool_result"):
                self._result(line, block)

    def _is_new(self, block: Block, owner: str | None) -> bool:
        if block.type.endswith("tool_use") and block.id:
            return self._new("call", block.id)
        if block.type.endswith("tool_result"):
            return True
        if owner is None:
            return True
        return self._new(owner, block.type, block.text or block.thinking)

    def _open_agent_step(self, line: Located[Line], message: Message) -> PendingStep:
        record, model = line.record, message.model or ""
        flags = self._copied(record)
        source = StepSource.AGENT
        if model == SYNTHETIC or record.is_api_error_message:
            source, flags, model = StepSource.SYSTEM, flags | StepFlag.INJECTED, ""
            if record.is_api_error_message:
                flags |= StepFlag.ERROR
        if self._current is not None:
            self._current.closed = True
        step = self._pending.open(source, flags, micros(record.timestamp), model)
        self._current, self._current_id = step, message.id or ""
        if model:
            self._models[model] += 1
            if model != self._draft.model:
                self._draft.model = self._models.most_common(1)[0][0]
        return step

    def _count_tokens(self, step: PendingStep, message: Message) -> None:
        """Every line of a message repeats its usage, the first ones as a placeholder."""
        usage = message.usage
        if usage is None or step.source is not StepSource.AGENT or step.flags & StepFlag.COPIED:
            return
        if message.id and step.tokens_in is None and step.tokens_out is None:
            key = hash(message.id)
            if key in self._messages:  # its first step was emitted with its tokens
                return
            self._messages.add(key)
        _take_largest(step, usage)

    def _copied(self, record: Line) -> StepFlag:
        """Lines of another session at the head of a fork are copies of that session's."""
        other = self._draft.continues_key
        return StepFlag.COPIED if other and record.session_id == other else StepFlag.NONE

    # The person, the harness, and results

    def _user(self, line: Located[Line]) -> None:
        message = MESSAGE.nested(line.record.message)
        if message is None:
            return
        texts: list[tuple[StepFlag, str]] = []
        time = line.record.timestamp
        for block in blocks(message.content):
            if block.type.endswith("tool_result"):
                self._result(line, block)
            elif (text := block_text(block)) and not text.isspace():
                data = bytes(memoryview(block.source))  # tells images of one size apart
                if time is None or self._new(time, text, data):
                    texts.append((self._text_flags(line.record, text), text))
        for flags, group in groupby(texts, key=lambda pair: pair[0]):
            self._texts(line, flags, [text for _, text in group])

    def _text_flags(self, record: Line, text: str) -> StepFlag:
        if record.is_compact_summary:
            return StepFlag.COMPACTION
        return StepFlag.INJECTED if record.is_meta else flags_of(text)

    def _texts(self, line: Located[Line], flags: StepFlag, texts: list[str]) -> None:
        if not self._queue.delivered("\n".join(texts), flags):
            self._say(line, flags, texts)

    def _say(self, line: Located[Line], flags: StepFlag, texts: list[str]) -> None:
        record = line.record
        source = StepSource.SYSTEM if flags & StepFlag.COMPACTION else StepSource.USER
        at = micros(record.timestamp)
        step = self._pending.open(source, flags | self._copied(record), at)
        step.closed = True
        step.cover(line)
        for text in texts:
            step.say(PartKind.MESSAGE, text)
        if not flags and not self._draft.task:
            self._find_task(texts)

    def _find_task(self, texts: list[str]) -> None:
        words = [text for text in texts if not text.startswith("[") or len(texts) == 1]
        text = words[0] if words else texts[0]
        if command := slash_command(text):
            self._command = self._command or command
        else:
            self._draft.task = one_line(text)

    def _queue_operation(self, line: Located[Line]) -> None:
        """A prompt taken out of the queue by ``remove`` reached the agent in mid-turn."""
        text = self._queue.apply(line.record.operation or "", line.record.content)
        if text and self._new(line.record.timestamp, text, b""):
            self._say(line, flags_of(text), [text])

    def _result(self, line: Located[Line], block: Block) -> None:
        call_id = block.tool_use_id or ""
        if not self._new("result", call_id or (line.record.timestamp, line.start)):
            return
        text = result_text(block, line.record.tool_use_result)
        is_error = bool(block.is_error)
        step = self._pending.caller(call_id)
        if step is None:
            flags = StepFlag.ERROR if is_error else StepFlag.NONE
            at = micros(line.record.timestamp)
            step = self._pending.open(StepSource.SYSTEM, flags | self._copied(line.record), at)
            step.closed = True
        step.cover(line)
        step.answer(call_id, text, is_error)


def _add(step: PendingStep, block: Block) -> None:
    if block.type == "thinking":
        if block.thinking:
            step.say(PartKind.REASONING, block.thinking)
    elif block.type.endswith("tool_use"):
        step.say(PartKind.CALL, as_written(block.input), block.name or "", block.id or "")
    elif block.type == "redacted_thinking" or block.type.endswith("tool_result"):
        return
    elif text := block_text(block):
        step.say(PartKind.MESSAGE, text)


def _take_largest(step: PendingStep, usage: Usage) -> None:
    if (tokens_in := usage.total_in()) is not None:
        step.tokens_in = max(tokens_in, step.tokens_in or 0)
    if usage.output_tokens is not None:
        step.tokens_out = max(usage.output_tokens, step.tokens_out or 0)
