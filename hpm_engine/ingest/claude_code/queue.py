"""The queue of prompts and notices that arrive while Claude Code is busy."""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple

import msgspec

from hpm_engine.ingest.claude_code.lines import ClaudeLine, blocks
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.values.episodes import StepFlag


class _Attachment(msgspec.Struct, rename="camel"):
    """Something that the agent gets beside the conversation."""

    type: str = ""
    prompt: msgspec.Raw = NO_JSON


_ATTACHMENT = TypedDecoder(_Attachment)


def queued_command(attachment: msgspec.Raw) -> list[str]:
    """The texts of a queued prompt; none for any other attachment."""
    decoded = _ATTACHMENT.nested(attachment)
    if decoded is None or decoded.type != "queued_command":
        return []
    texts = [block_text(block) for block in blocks(decoded.prompt)]
    return [text for text in texts if text and not text.isspace()]


class QueuedText(NamedTuple):
    """A text in the queue, and the line that put it there."""

    text: str
    line: Located[ClaudeLine]


class PromptQueue:
    """The state of the queue, followed so that each text counts once.

    A text leaves the queue as a user line of its own (``dequeue``), back into the person's editor
    (``popAll``), or into the running turn without any other line (``remove``). A session may end
    before any of it happens.
    """

    def __init__(self) -> None:
        self._waiting: deque[QueuedText] = deque()
        self._notices: set[int] = set()  # hashes of notices that were given out
        self._removed: Counter[int] = Counter()  # hashes of prompts given out at removal
        self._attached: Counter[int] = Counter()  # hashes of prompts given out as attachments

    def apply(self, line: Located[ClaudeLine]) -> str:
        """Follow a line's operation; returns the text that has just reached the agent, or ""."""
        operation = line.record.operation or ""
        if operation == "enqueue":
            text = "\n".join(block_text(block) for block in blocks(line.record.content))
            self._waiting.append(QueuedText(text, line))
            return ""
        if operation == "popAll":
            self._waiting.clear()
            return ""
        text = self._waiting.popleft().text if self._waiting else ""
        if operation != "remove" or hash(text) in self._notices:
            return ""
        if self._attached[hash(text)]:
            self._attached[hash(text)] -= 1
            return ""
        self._notices.add(hash(text))
        self._removed[hash(text)] += 1
        return text

    def attached(self, text: str) -> bool:
        """Whether a prompt that came as an attachment was not given out before."""
        if self._removed[hash(text)]:
            self._removed[hash(text)] -= 1
            return False
        self._attached[hash(text)] += 1
        if self._empty(text):
            self._attached[hash(text)] -= 1
        return True

    def left(self) -> list[QueuedText]:
        """The texts that wait still: the agent never got them."""
        return [waiting for waiting in self._waiting if waiting.text.strip()]

    def delivered(self, text: str, flags: StepFlag) -> bool:
        """Whether a user line only repeats a notice that the queue has already given out.

        A person may well type the same words twice; a notice is never sent twice.
        """
        self._empty(text)
        if not flags & StepFlag.INJECTED:
            return False
        if hash(text) in self._notices:
            return True
        if "<task-notification>" in text:
            self._notices.add(hash(text))
        return False

    def _empty(self, text: str) -> bool:
        """Whether a text waited; its slot stays, so that the order holds."""
        for index, waiting in enumerate(self._waiting):
            if waiting.text == text:
                self._waiting[index] = waiting._replace(text="")
                return True
        return False
