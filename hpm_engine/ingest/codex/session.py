"""The steps of one Codex session, built from its rollout in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hpm_engine.ingest.codex.lines import (
    COMPACTED,
    CONTEXT,
    EVENT,
    ITEM,
    CodexEvent,
    Item,
    Record,
    content_text,
    content_texts,
)
from hpm_engine.ingest.codex.names import ThreadName
from hpm_engine.ingest.codex.output import (
    completed,
    event_failed,
    event_text,
    is_running,
    output_text,
)
from hpm_engine.ingest.codex.prompts import CodexPrompts
from hpm_engine.ingest.codex.tokens import CodexTokens
from hpm_engine.ingest.json.raw_values import raw_text
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.first_lines import one_line, project_of
from hpm_engine.ingest.steps.pending_steps import PendingStep, PendingSteps
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

_POLL = "write_stdin"  # a command's later output comes as this tool's result


class CodexSession:
    """A session whose lines become steps, and which fills in ``draft`` on the way.

    A rollout has two parallel records of the conversation: prompts are taken from the events, all
    else from the response items. Events complete the items with the same call id.
    """

    def __init__(self, draft: EpisodeDraft, own: int = 0, name: ThreadName | None = None) -> None:
        """Lines before the byte ``own`` repeat another session; ``name`` hears of names."""
        self._draft = draft
        self._own = own
        self._copied = StepFlag.COPIED if own else StepFlag.NONE
        self._copied_task = ""
        self._thread_name = name or ThreadName()
        self._pending = PendingSteps()
        self._prompts = CodexPrompts()
        self._tokens = CodexTokens()
        self._models: Counter[str] = Counter()
        self._model = ""
        self._step: PendingStep | None = None
        self._sealed = True  # whether the next item of the agent begins a new step
        self._event_text = ""  # a message that only an event has given so far
        self._has_messages = False
        self._tools: dict[str, str] = {}  # of calls under way

    def steps(self, lines: Iterable[Located[Record]]) -> Iterator[StepDraft]:
        """The steps, each as soon as it is complete."""
        for line in lines:
            if self._copied and line.start >= self._own:
                self._begin_own()
            self._take(line)
            yield from self._pending.ready()
        self._say_prompts()
        self._close_step()
        self._draft.task = self._draft.task or self._copied_task
        self._draft.model = self._draft.model or self._model
        self._draft.title = self._thread_name.given
        yield from self._pending.rest()

    def _begin_own(self) -> None:
        """End the repeated part: the session's own lines begin."""
        self._say_prompts()
        self._close_step()
        self._step, self._sealed = None, True
        self._copied = StepFlag.NONE

    def _take(self, line: Located[Record]) -> None:
        record = line.record
        if record.type == "response_item":
            self._item(line, ITEM.nested(record.payload))
        elif record.type == "event_msg":
            self._event(line, EVENT.nested(record.payload))
        elif record.type == "turn_context":
            self._context(record)
        elif record.type == "compacted":
            self._compaction(line)

    def _context(self, record: Record) -> None:
        context = CONTEXT.nested(record.payload)
        if context is None:
            return
        self._model = context.model or self._model
        if context.cwd and not self._draft.cwd and not self._copied:
            self._draft.cwd = context.cwd
            self._draft.project = project_of(context.cwd) or self._draft.project

    # Response items

    def _item(self, line: Located[Record], item: Item | None) -> None:
        if item is None:
            return
        is_message = item.type == "message" or (not item.type and item.role is not None)
        if is_message and item.role != "assistant":
            kind = "item" if item.role == "user" else "developer"
            if self._prompts.hold(kind, content_texts(item.content), line):
                self._say_prompts()
        elif item.type.endswith("_output"):
            self._output(line, item)
        elif is_message:
            self._has_messages, self._event_text = True, ""
            self._agent_says(line, PartKind.MESSAGE, content_text(item.content))
        elif item.type == "reasoning":
            readable = "\n".join(filter(None, map(content_text, (item.summary, item.content))))
            self._agent_says(line, PartKind.REASONING, readable)
        elif item.type.endswith("_call"):
            self._call(line, item)

    def _agent_step(self, line: Located[Record]) -> PendingStep:
        """The step of the model's response under way."""
        self._say_prompts()
        step = self._step
        if step is None or self._sealed or step.emitted:
            self._close_step()
            at = micros(line.record.timestamp)
            step = self._pending.open(StepSource.AGENT, self._copied, at, self._model)
            self._step, self._sealed = step, False
            if self._model and not self._copied:
                self._models[self._model] += 1
                self._draft.model = self._models.most_common(1)[0][0]
        step.cover(line)
        return step

    def _close_step(self) -> None:
        if self._step is not None:
            self._say_event_text()
            self._step.closed = True

    def _say_event_text(self) -> None:
        """Add a message from its event, in files without message items."""
        if self._event_text and not self._has_messages and self._step and not self._step.emitted:
            self._step.say(PartKind.MESSAGE, self._event_text)
        self._event_text = ""

    def _agent_says(self, line: Located[Record], kind: PartKind, text: str) -> None:
        step = self._agent_step(line)
        if text:
            step.say(kind, text)

    def _call(self, line: Located[Record], item: Item) -> None:
        call_id = item.call_id or ""
        step = self._agent_step(line)
        if call_id and self._pending.caller(call_id) is not None:
            return
        arguments = raw_text(item.arguments) or raw_text(item.input) or raw_text(item.action)
        name = item.name or item.type.removesuffix("_call")
        step.say(PartKind.CALL, arguments, name, call_id)
        if call_id:
            self._tools[call_id] = name

    def _output(self, line: Located[Record], item: Item) -> None:
        call_id = item.call_id or ""
        text, failed = output_text(item.output)
        step = self._pending.caller(call_id)
        self._sealed = True
        if step is None:
            flags = self._copied | (StepFlag.ERROR if failed else StepFlag.NONE)
            step = self._pending.open(StepSource.SYSTEM, flags, micros(line.record.timestamp))
            step.closed = True
            step.answer(call_id, text, failed)
        else:
            self._settle(step, call_id, text, failed)
        step.cover(line)

    def _settle(self, step: PendingStep, call_id: str, text: str, failed: bool) -> None:
        """Give a call its output; a command that still runs may get a better one from its end."""
        earlier = step.result(call_id)
        running = is_running(text)
        if earlier is not None:
            failed = failed or earlier.is_error
            text = earlier.text if running else text
        awaits_end = running and earlier is None and self._tools.get(call_id) != _POLL
        step.answer(call_id, text, failed, final=not awaits_end)
        if not awaits_end:
            self._tools.pop(call_id, None)

    # Events

    def _event(self, line: Located[Record], event: CodexEvent | None) -> None:
        if event is None:
            return
        if event.type == "token_count":
            self._count(event)
        elif event.type == "user_message":
            if self._prompts.hold("event", [event.message or ""], line):
                self._say_prompts()
        elif event.type == "item_completed":
            self._completed(line, event)
        elif event.type == "agent_message":
            self._agent_step(line)
            self._say_event_text()
            self._event_text = event.message or ""
        elif event.type == "thread_name_updated":
            at, copied = micros(line.record.timestamp), bool(self._copied)
            self._thread_name.note(event.thread_name, event.thread_id, at, copied=copied)
        elif event.type == "turn_aborted":
            self._interruption(line, event)
        elif event.type.endswith("_end") and event.call_id:
            self._end_of_call(line.record, event)

    def _completed(self, line: Located[Record], event: CodexEvent) -> None:
        """Hold a person's message; other completed things are response items too."""
        done = event.item
        if done is None or done.type.lower().replace("_", "") != "usermessage":
            return
        if self._prompts.hold("completed", content_texts(done.content), line):
            self._say_prompts()

    def _count(self, event: CodexEvent) -> None:
        tokens = self._tokens.counted(event.info)
        if tokens is None or self._copied:
            return
        if self._step is not None and not self._step.emitted:
            self._step.tokens_in = (self._step.tokens_in or 0) + tokens.input_tokens
            self._step.tokens_out = (self._step.tokens_out or 0) + tokens.output_tokens
            self._sealed = True

    def _end_of_call(self, record: Record, event: CodexEvent) -> None:
        call_id = event.call_id or ""
        step = self._pending.caller(call_id)
        if step is None:
            return
        result, failed = step.result(call_id), event_failed(event)
        if event.type == "exec_command_end":
            running = result.text if result is not None and is_running(result.text) else ""
            if result is None or running:
                step.answer(call_id, completed(running, event), failed)
            elif failed:
                step.answer(call_id, result.text, True)
        elif result is None:
            step.answer(call_id, event_text(record.payload), failed)
        elif failed:
            step.answer(call_id, result.text, True)

    def _interruption(self, line: Located[Record], event: CodexEvent) -> None:
        self._say_prompts()
        self._sealed = True
        at = micros(line.record.timestamp)
        flags = StepFlag.INTERRUPTED | StepFlag.INJECTED | self._copied  # no words of a person
        step = self._pending.open(StepSource.USER, flags, at)
        step.say(PartKind.MESSAGE, f"[Turn aborted: {event.reason or 'interrupted'}]")
        step.cover(line)
        step.closed = True

    def _compaction(self, line: Located[Record]) -> None:
        self._say_prompts()
        self._sealed = True
        compacted = COMPACTED.nested(line.record.payload)
        at = micros(line.record.timestamp)
        step = self._pending.open(StepSource.SYSTEM, StepFlag.COMPACTION | self._copied, at)
        step.say(PartKind.MESSAGE, (compacted and compacted.message) or "[Context compacted]")
        step.cover(line)
        step.closed = True

    def _say_prompts(self) -> None:
        for prompt in self._prompts.resolve():
            self._sealed = True
            first = prompt.lines[0]
            at = micros(first.record.timestamp)
            step = self._pending.open(prompt.source, prompt.flags | self._copied, at)
            step.say(PartKind.MESSAGE, prompt.text)
            for line in prompt.lines:
                step.cover(line)
            step.closed = True
            if not prompt.flags:
                self._name(one_line(prompt.text))

    def _name(self, words: str) -> None:
        """Take the person's first words as the task; copied words only without own ones."""
        if self._copied:
            self._copied_task = self._copied_task or words
        else:
            self._draft.task = self._draft.task or words
