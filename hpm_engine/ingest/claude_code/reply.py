"""One reply of the model, put together from the lines that repeat and continue it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hpm_engine.ingest.claude_code.lines import Block, Message, Usage
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.json.typed import as_written
from hpm_engine.ingest.steps.pending_steps import PendingStep
from hpm_engine.values.episodes import PartKind

_OPEN = 4


class _Said(NamedTuple):
    """A block of the reply as it stands in the step."""

    at: int  # among what the step says
    kind: str
    text: str
    call_id: str
    whole: bool  # signed or cited: no version of it follows but one that continues it


class Reply:
    """What the lines of one message came to: its blocks, the last version of each, its tokens.

    A line holds one new block, a new version of a block, or all blocks so far. A block of a call
    is known by the call's id; a text by its place: a version follows its predecessor directly, or
    continues its words.
    """

    def __init__(
        self, step: PendingStep, request: str = "", before: tuple[int, int] = (0, 0)
    ) -> None:
        self.step = step
        self.request = request
        self.tokens_in, self.tokens_out = before
        self.interrupted = False  # a result or prompt has come in since its last line
        self.prompted = False  # a person's prompt has
        self._said: list[_Said] = []
        self._before = before  # tokens that an earlier step of the same message has

    def goes_on(self, message: Message, request: str) -> bool:
        """Whether a line with the same id belongs to this reply, rather than to a later one.

        A tool may run, and its result be written, while the reply still streams; but each reply
        is to a longer conversation than the one before, so that its input differs.
        """
        if not self.interrupted:
            return True
        if self.prompted or (request and self.request and request != self.request):
            return False
        read = message.usage.total_in() if message.usage else None
        return bool(read) and read == self.tokens_in

    def resumed(self, step: PendingStep) -> None:
        """Go on in another step, the first having been given out."""
        self.step = step
        self._said.clear()
        self._before = (self.tokens_in, self.tokens_out)

    def count(self, usage: Usage | None) -> None:
        """Every line of a message repeats its usage, the first ones as a placeholder."""
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
        """Whether a call is one of this reply's."""
        return self._call(block) is not None

    def revises(self, block: Block) -> bool:
        """Whether a call is known with other arguments."""
        index = self._call(block)
        return index is not None and self._said[index].text != _text(block)

    def add(self, blocks: Sequence[Block]) -> None:
        """The blocks of a line: those that are new, and new versions of those known."""
        last = len(self._said) - 1
        snapshot = len(blocks) > 1 and self._repeats(blocks)
        place = -1
        taken: set[int] = set()  # by earlier blocks of the line: no two are versions of one
        for block in blocks:
            kind, text = _kind(block), _text(block)
            if not kind or not (text or is_call(block)):
                continue
            place += 1
            if kind == "call":
                known = self._call(block)
            elif snapshot:
                known = self._at(place, kind, text)
            else:
                known = self._version(kind, text, last, taken)
            taken.add(len(self._said) if known is None else known)
            if known is None:
                self._say(kind, text, block)
            else:
                self._revise(known, text, block)

    def _repeats(self, blocks: Sequence[Block]) -> bool:
        """Whether a line of several blocks holds all that was said so far, not only what is new."""
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

    def _at(self, place: int, kind: str, text: str) -> int | None:
        """Which block one of a snapshot is: that at its place, or one whose words it continues."""
        if place < len(self._said) and self._said[place].kind == kind:
            return place
        for index, said in enumerate(self._said):
            if said.kind == kind and text.startswith(said.text):
                return index
        return None

    def _version(self, kind: str, text: str, last: int, taken: set[int]) -> int | None:
        """Which block a text is a version of; none of those that are ``taken``."""
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
            at = self.step.say(PartKind.CALL, text, block.name or "", block.id or "")
        else:
            at = self.step.say(PartKind.REASONING if kind == "thinking" else PartKind.MESSAGE, text)
        self._said.append(_Said(at, kind, text, block.id or "", _is_whole(block)))

    def _revise(self, index: int, text: str, block: Block) -> None:
        said = self._said[index]
        if said.text != text:
            self.step.revise(said.at, text)
        whole = said.whole or _is_whole(block)
        self._said[index] = said._replace(text=text, whole=whole)


class Replies:
    """The replies that may still go on: replies of one time are written in turns."""

    def __init__(self) -> None:
        self.latest = ""
        self._open: dict[str, Reply] = {}
        self._counted: dict[int, tuple[int, int]] = {}  # by the hash of a message's id

    def get(self, owner: str) -> Reply | None:
        """The reply of a message's id, if it is still open."""
        return self._open.get(owner)

    def begin(self, owner: str, step: PendingStep, message: Message, request: str) -> Reply:
        """A new reply; one of the same id ends."""
        before = (0, 0)
        if (earlier := self._open.pop(owner, None)) is not None:
            earlier.step.closed = True
        elif (counted := self._counted.get(hash(owner))) is not None:
            read = message.usage.total_in() if message.usage else None
            before = counted if read in (None, 0, counted[0]) else before
        reply = self._open[owner] = Reply(step, request, before)
        self.latest = owner
        if len(self._open) > _OPEN:
            self._close(next(iter(self._open)))
        return reply

    def interrupt(self, *, prompted: bool) -> None:
        """A result, or a prompt, has come in."""
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
    """What is compared with what; "" for what is no part of what the model said."""
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
