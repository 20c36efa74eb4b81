"""The steps of one Claude Code session, built from its lines in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from hpm_engine.ingest.claude_code.lines import MESSAGE, Block, ClaudeLine, ClaudeMessage, blocks
from hpm_engine.ingest.claude_code.prompts import PromptTitles, flags_of, voices
from hpm_engine.ingest.claude_code.queue import PromptQueue, queued_command
from hpm_engine.ingest.claude_code.reply import ClaudeReply, Replies, is_call
from hpm_engine.ingest.claude_code.results import result_text
from hpm_engine.ingest.claude_code.spills import SpilledResults
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.claude_code.titles import SessionTitles
from hpm_engine.ingest.sources.beside import nothing_beside
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.first_lines import project_of
from hpm_engine.ingest.steps.pending_steps import PendingStep, PendingSteps
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

SYNTHETIC = "<synthetic>"


class ClaudeCodeSession:
    """A session whose lines become steps, and which fills in ``draft`` on the way.

    File order counts, not the parent tree: following parents drops parallel tool results. History
    that a resumed session appended again is recognised by message, call and time, and left out.
    """

    def __init__(
        self,
        draft: EpisodeDraft,
        own: int = 0,
        titles: SessionTitles | None = None,
        spilled: SpilledResults | None = None,
    ) -> None:
        """Lines before the byte ``own`` repeat another conversation."""
        self._draft = draft
        self._own = own
        self._titles = titles or SessionTitles()
        self._spilled = spilled or SpilledResults(nothing_beside, "")
        self._prompts = PromptTitles()
        self._pending = PendingSteps()
        self._queue = PromptQueue()
        self._seen: set[int] = set()  # hashes of blocks, so that memory stays small
        self._replies = Replies()
        self._models: Counter[str] = Counter()

    def steps(self, lines: Iterable[Located[ClaudeLine]]) -> Iterator[StepDraft]:
        """The steps, each as soon as it is complete."""
        for line in lines:
            record = line.record
            if record.type == "assistant":
                self._assistant(line)
            elif record.type == "user":
                self._user(line)
            elif record.type == "queue-operation":
                self._queue_operation(line)
            elif record.type == "attachment":
                self._attachment(line)
            else:
                self._titles.note(record)
                if record.subtype == "init":
                    self._note_folder(record)
                continue
            self._note_folder(record)
            yield from self._pending.ready()
        self._say_left()
        yield from self._pending.rest()
        self._draft.task = self._prompts.title
        self._draft.title, self._draft.agent_title = self._titles.given

    def _note_folder(self, record: ClaudeLine) -> None:
        draft = self._draft
        if record.cwd and not draft.cwd:
            draft.cwd = record.cwd
            draft.project = project_of(record.cwd)
        if record.git_branch and not draft.branch:
            draft.branch = record.git_branch

    def _note_end(self, record: ClaudeLine) -> None:
        """Let the session last until this line: a step's own time is that of its first line."""
        at, end = micros(record.timestamp), self._draft.ended_at
        if at is not None:
            self._draft.ended_at = at if end is None else max(at, end)

    def _new(self, *identity: object) -> bool:
        key = hash(identity)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    # The agent

    def _assistant(self, line: Located[ClaudeLine]) -> None:
        record = line.record
        message = MESSAGE.nested(record.message)
        if message is None:
            return
        owner = message.id or record.request_id or record.uuid or record.timestamp or ""
        reply = self._replies.get(owner)
        parts = blocks(message.content)
        fresh = {id(part) for part in parts if self._is_fresh(part, owner, record.timestamp)}
        if reply is not None and not reply.goes_on(message, record.request_id or ""):
            reply = None
        if not fresh:
            if reply is not None:
                reply.step.cover(line)
                self._count_tokens(reply, message)
            return
        self._note_end(record)
        if reply is None:
            step = self._open_agent_step(line, message)
            reply = self._replies.begin(owner, step, message, record.request_id or "")
        elif reply.step.emitted:
            reply.resumed(self._open_agent_step(line, message))
        reply.interrupted = reply.prompted = False
        reply.step.cover(line)
        self._count_tokens(reply, message)
        reply.add(
            [part for part in parts if id(part) in fresh or not is_call(part) or reply.holds(part)]
        )
        for part in parts:
            if part.type.endswith("tool_result"):
                self._result(line, part)

    def _is_fresh(self, block: Block, owner: str, time: str | None) -> bool:
        """Whether this version of a block was not read before.

        History that was appended again repeats messages and calls: at their old times, or at new
        times with other messages between.
        """
        reply = self._replies.get(owner)
        if is_call(block) and block.id:
            if self._new("call", block.id):
                return True
            if reply is None or not reply.revises(block):
                return False
            self._seen.discard(hash(("result", block.id)))  # an id that is used again
            return True
        if block.type.endswith("tool_result") or not owner:
            return True
        text = block.text or block.thinking
        new_then = self._new(owner, time, block.type, text)
        new_ever = self._new(owner, block.type, text)
        if reply is not None and owner == self._replies.latest:
            return new_then or (time is None and reply.interrupted)
        return new_ever

    def _open_agent_step(self, line: Located[ClaudeLine], message: ClaudeMessage) -> PendingStep:
        record, model = line.record, message.model or ""
        flags = self._copied(line)
        source = StepSource.AGENT
        if model == SYNTHETIC or record.is_api_error_message:
            source, flags, model = StepSource.SYSTEM, flags | StepFlag.INJECTED, ""
            if record.is_api_error_message:
                flags |= StepFlag.ERROR
        step = self._pending.open(source, flags, micros(record.timestamp), model)
        if model:
            self._models[model] += 1
            if model != self._draft.model:
                self._draft.model = self._models.most_common(1)[0][0]
        return step

    def _count_tokens(self, reply: ClaudeReply, message: ClaudeMessage) -> None:
        step = reply.step
        if step.source is StepSource.AGENT and not step.flags & StepFlag.COPIED:
            reply.count(message.usage)

    def _copied(self, line: Located[ClaudeLine]) -> StepFlag:
        """``COPIED`` for a line that names its origin, or comes before the session's own lines."""
        if (fork := line.record.forked_from) is not None and fork.session_id:
            if fork.session_id != self._draft.key:
                self._draft.continues_key = fork.session_id  # the last is the nearest
            self._titles.copied()
            return StepFlag.COPIED
        return StepFlag.COPIED if line.start < self._own else StepFlag.NONE

    # The person, the harness, and results

    def _user(self, line: Located[ClaudeLine]) -> None:
        message = MESSAGE.nested(line.record.message)
        if message is None:
            return
        texts: list[tuple[StepFlag, str]] = []
        time = line.record.timestamp
        parts = blocks(message.content)
        alone = sum(block.type.endswith("tool_result") for block in parts) == 1
        for block in parts:
            if block.type.endswith("tool_result"):
                self._result(line, block, alone=alone)
            elif (text := block_text(block)) and not text.isspace():
                data = bytes(memoryview(block.source))  # tells images of one size apart
                if time is None or self._new(time, text, data):
                    texts.extend(self._voices(line.record, text))
        for flags, group in groupby(texts, key=lambda pair: pair[0]):
            words = [text for _, text in group]
            if not self._queue.delivered("\n".join(words), flags):
                self._say(line, flags, words)

    def _voices(self, record: ClaudeLine, text: str) -> list[tuple[StepFlag, str]]:
        if record.is_compact_summary:
            return [(StepFlag.COMPACTION, text)]
        return (
            [(StepFlag.INJECTED, text)] if record.is_meta or record.is_synthetic else voices(text)
        )

    def _say_queued(self, line: Located[ClaudeLine], texts: list[str]) -> None:
        """Add prompts that came while the agent was busy."""
        parts = [part for text in texts for part in voices(text)]
        for flags, group in groupby(parts, key=lambda pair: pair[0]):
            self._say(line, flags, [text for _, text in group], prompted=False)

    def _say(
        self, line: Located[ClaudeLine], flags: StepFlag, texts: list[str], *, prompted: bool = True
    ) -> None:
        record = line.record
        source = StepSource.SYSTEM if flags & StepFlag.COMPACTION else StepSource.USER
        at = micros(record.timestamp)
        self._note_end(record)
        step = self._pending.open(source, flags | self._copied(line), at)
        step.closed = True
        step.cover(line)
        for text in texts:
            step.say(PartKind.MESSAGE, text)
        self._replies.interrupt(prompted=prompted and not flags)
        self._prompts.hear(step.flags, texts)

    def _attachment(self, line: Located[ClaudeLine]) -> None:
        """Add a prompt that was typed while a tool ran and came as an attachment."""
        texts = queued_command(line.record.attachment)
        if texts and self._queue.attached("\n".join(texts)):
            self._say_queued(line, texts)

    def _queue_operation(self, line: Located[ClaudeLine]) -> None:
        """Follow the queue; a prompt that ``remove`` takes out reached the agent in mid-turn."""
        text = self._queue.apply(line)
        if text and self._new(line.record.timestamp, text, b""):
            self._say_queued(line, [text])

    def _say_left(self) -> None:
        """Add what a person typed and no line hands to the agent: the session ended before."""
        for text, line in self._queue.left():
            if not flags_of(text) and self._new(line.record.timestamp, text, b""):
                self._say_queued(line, [text])

    def _result(self, line: Located[ClaudeLine], block: Block, *, alone: bool = False) -> None:
        call_id = block.tool_use_id or ""
        if not self._new("result", call_id or (line.record.timestamp, line.start)):
            return
        self._note_end(line.record)
        text = self._spilled.whole(result_text(block, line.record.twin, alone=alone))
        is_error = bool(block.is_error)
        step = self._pending.caller(call_id)
        if step is None:
            flags = StepFlag.ERROR if is_error else StepFlag.NONE
            at = micros(line.record.timestamp)
            step = self._pending.open(StepSource.SYSTEM, flags | self._copied(line), at)
            step.closed = True
        step.cover(line)
        self._replies.interrupt(prompted=False)
        step.answer(call_id, text, is_error)
