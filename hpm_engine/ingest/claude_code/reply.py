"""One reply of the model, put together from the lines that repeat and continue it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hpm_engine.ingest.claude_code.lines import Block, ClaudeMessage, ClaudeUsage
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.json.raw_values import as_written
from hpm_engine.ingest.steps.pending_steps import PendingStep
from hpm_engine.values.episodes import PartKind

_OPEN = 4  # replies at a time


class _Said(NamedTuple):
    """A block of the reply, as the step has it."""

    position: int  # among the parts of the step
    kind: str
    text: str
    call_id: str
    whole: bool  # signed or cited: a later version can only continue it


class ClaudeReply:
    """The blocks of one message, each in its last version, and the message's tokens.

    A line contains one new block, a new version of a block, or all blocks so far. A call is
    identified by its id, a text by its position: a version follows its predecessor directly, or
    continues its words.
    """

    def __init__(
        self, step: PendingStep, request: str = "", before: tuple[int, int] = (0, 0)
    ) -> None:
        self.step = step
        self.request = request
        self.tokens_in, self.tokens_out = before
        self.interrupted = False  # a result or prompt came after the reply's last line
        self.prompted = False  # a person's prompt came after it
        self._said: list[_Said] = []
        self._before = before  # tokens of an earlier step of the same message

    def goes_on(self, message: ClaudeMessage, request: str) -> bool:
        """Whether a line with the same id belongs to this reply, rather than to a later one.

        A tool may run, and its result be written, while the reply still streams; but each reply
        answers a longer conversation than the one before, so that its input differs.
        """
        if not self.interrupted:
            return True
        if self.prompted or (request and self.request and request != self.request):
            return False
        read = message.usage.total_in() if message.usage else None
        return bool(read) and read == self.tokens_in

    def resumed(self, step: PendingStep) -> None:
        """Go on in another step: the first one was given out."""
        self.step = step
        self._said.clear()
        self._before = (self.tokens_in, self.tokens_out)

    def count(self, usage: ClaudeUsage | None) -> None:
        """Take a line's usage: every line repeats it, the first lines as a placeholder."""
        if usage is None:
            return
        read, written = usage.total_in(), usage.output_tokens
        self.tokens_in = max(self.tokens_in, read or 0)
        self.tokens_out = max(self.tokens_out, written or 0)
        first = self._before == (0, 0)
        if read is not None and (first or self.tokens_in > self._before[0]):
            self.step.tokens_in = self.tokens_in - self._before[0]
        if written is not None and (first or self.tokens_out > self._before[1]):
            self.step.tokens_out = self.tokens_out - self._before[1]

    def holds(self, block: Block) -> bool:
        """Whether the call is one of this reply."""
        return self._call(block) is not None

    def revises(self, block: Block) -> bool:
        """Whether the call is known with other arguments."""
        index = self._call(block)
        return index is not None and self._said[index].text != _text(block)

    def add(self, blocks: Sequence[Block]) -> None:
        """Add the new blocks of a line, and take its new versions of known blocks."""
        last = len(self._said) - 1
        snapshot = len(blocks) > 1 and self._repeats(blocks)
        position = -1
        taken: set[int] = set()  # indexes of this line's earlier blocks: two are no versions of one
        for block in blocks:
            kind, text = _kind(block), _text(block)
            if not kind or not (text or is_call(block)):
                continue
            position += 1
            if kind == "call":
                known = self._call(block)
            elif snapshot:
                known = self._in_snapshot(position, kind, text)
            else:
                known = self._version(kind, text, last, taken)
            taken.add(len(self._said) if known is None else known)
            if known is None:
                self._say(kind, text, block)
            else:
                self._revise(known, text, block)

    def _repeats(self, blocks: Sequence[Block]) -> bool:
        """Whether a line of several blocks contains all blocks so far, not only new ones."""
        if any(_kind(block) == "call" and self._call(block) is not None for block in blocks):
            return True
        if not self._said:
            return False
        first = blocks[0]
        return _kind(first) == self._said[0].kind and _text(first).startswith(self._said[0].text)

    def _call(self, block: Block) -> int | None:
        for index, said in enumerate(self._said):
            if said.kind == "call" and block.id and said.call_id == block.id:
                return index
        return None

    def _in_snapshot(self, position: int, kind: str, text: str) -> int | None:
        """The index of a snapshot's block: its position, or that of a text that it continues."""
        if position < len(self._said) and self._said[position].kind == kind:
            return position
        for index, said in enumerate(self._said):
            if said.kind == kind and text.startswith(said.text):
                return index
        return None

    def _version(self, kind: str, text: str, last: int, taken: set[int]) -> int | None:
        """The index of the block that a text is a version of, none of those in ``taken``."""
        for index, said in enumerate(self._said):
            if said.kind == kind and said.text == text:
                return index
        for index in range(last, -1, -1):
            said = self._said[index]
            if said.kind == kind and index not in taken:
                grows = text.startswith(said.text)
                return index if grows or (index == last and not said.whole) else None
        return None

    def _say(self, kind: str, text: str, block: Block) -> None:
        if kind == "call":
            position = self.step.say(PartKind.CALL, text, block.name or "", block.id or "")
        else:
            part_kind = PartKind.REASONING if kind == "thinking" else PartKind.MESSAGE
            position = self.step.say(part_kind, text)
        self._said.append(_Said(position, kind, text, block.id or "", _is_whole(block)))

    def _revise(self, index: int, text: str, block: Block) -> None:
        said = self._said[index]
        if said.text != text:
            self.step.revise(said.position, text)
        whole = said.whole or _is_whole(block)
        self._said[index] = said._replace(text=text, whole=whole)


class Replies:
    """The replies that may still go on: agents write simultaneous replies in turns."""

    def __init__(self) -> None:
        self.latest = ""
        self._open: dict[str, ClaudeReply] = {}
        self._counted: dict[int, tuple[int, int]] = {}  # by the hash of a message's id

    def get(self, owner: str) -> ClaudeReply | None:
        """The open reply with a message's id; None without one."""
        return self._open.get(owner)

    def begin(
        self, owner: str, step: PendingStep, message: ClaudeMessage, request: str
    ) -> ClaudeReply:
        """Begin a new reply; an earlier one of the same id ends."""
        before = (0, 0)
        if (earlier := self._open.pop(owner, None)) is not None:
            earlier.step.closed = True
        elif (counted := self._counted.get(hash(owner))) is not None:
            read = message.usage.total_in() if message.usage else None
            before = counted if read in (None, 0, counted[0]) else before
        reply = self._open[owner] = ClaudeReply(step, request, before)
        self.latest = owner
        if len(self._open) > _OPEN:
            self._close(next(iter(self._open)))
        return reply

    def interrupt(self, *, prompted: bool) -> None:
        """Note that a result, or a prompt, came between."""
        for reply in self._open.values():
            reply.interrupted = True
            reply.prompted |= prompted

    def _close(self, owner: str) -> None:
        reply = self._open.pop(owner)
        reply.step.closed = True
        if reply.tokens_in or reply.tokens_out:
            self._counted[hash(owner)] = (reply.tokens_in, reply.tokens_out)


def is_call(block: Block) -> bool:
    """Whether a block is a call of a tool."""
    return block.type.endswith("tool_use")


def _kind(block: Block) -> str:
    """The kind of a block, which its versions share; "" for a block that is not the model's."""
    if is_call(block):
        return "call"
    if block.type == "redacted_thinking" or block.type.endswith("tool_result"):
        return ""
    return block.type


def _text(block: Block) -> str:
    if is_call(block):
        return as_written(block.input)
    return (block.thinking or "") if block.type == "thinking" else block_text(block)


def _is_whole(block: Block) -> bool:
    return bool(block.signature) or memoryview(block.citations).nbytes > len("null")
