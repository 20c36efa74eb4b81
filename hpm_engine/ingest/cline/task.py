"""One task of Cline as an episode, from its messages."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.cline.messages import ClineMessage
from hpm_engine.ingest.cline.prompts import pieces, written_results
from hpm_engine.ingest.cline.screen import ScreenTimes
from hpm_engine.ingest.cline.written_calls import VISIBLE, visible_words, written_calls
from hpm_engine.ingest.json.raw_values import elements
from hpm_engine.ingest.json.text import ANYTHING
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.blocks import Blocks, message_blocks, plain_value
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind

_FAILED = ("The tool execution failed", "Error executing ", "<error>")
_FILES = ("file", "image", "document")
_FOLDERS = ("# Current Working Directory (", "# Current Workspace Directory (")


class ClineTask:
    """The steps of a task.

    A call that finishes the task, or answers in plan mode, is what the person reads: a message.
    Its result is the person's next words.
    """

    def __init__(self, session: GatheredSession, account: Account, times: ScreenTimes) -> None:
        self.session = session
        self._account = account
        self._times = times
        self._visible: set[str] = set()  # ids of calls that are messages

    def add(self, message: ClineMessage, raw: Raw) -> None:
        """Add the next message."""
        blocks = message_blocks(message.content, self._account)
        at = micros(message.ts)
        if message.is_summary is True:
            self.session.summary(blocks.text, raw, at)
        elif message.is_truncation_marker is True:
            self.session.context(blocks.text, raw, at)
        elif message.role == "assistant":
            self._reply(message, blocks, raw, at)
        elif message.role == "user":
            self._user(blocks, _given(message.content), raw, at)
        elif blocks.text:
            self.session.notice(blocks.text, raw, at)

    def _reply(self, message: ClineMessage, blocks: Blocks, raw: Raw, at: int | None) -> None:
        text, calls = blocks.text, blocks.calls
        if not calls:
            text, calls = written_calls(text)
        shown = [part for part in calls if part.name in VISIBLE]
        self._visible.update(part.call_id for part in shown if part.call_id)
        said = [visible_words(part, _arguments(part)) for part in shown]
        words = "\n\n".join(filter(None, (text, *said)))
        self.session.reply(
            words,
            raw,
            self._times.at(words, *said) if at is None else at,
            reasoning=blocks.reasoning,
            calls=[part for part in calls if part.name not in VISIBLE],
            model=message.model,
            spent=message.spent,
        )

    def _user(self, blocks: Blocks, given: dict[str, str], raw: Raw, at: int | None) -> None:
        """Results first, so that they find their calls; then the words in them and beside them."""
        said: list[tuple[bool, str]] = []
        for result in blocks.results:
            shown = result.call_id in self._visible
            said += self._answer(result.call_id, result.text, shown, result.is_error, raw, at)
        texts = [text for text in blocks.texts if text not in given]
        written, others = written_results(texts)
        for answer in written:
            shown = answer.tool in VISIBLE
            failed = answer.text.lstrip().startswith(_FAILED)
            said += self._answer("", answer.text, shown, failed, raw, at)
        prompt: Turn | None = None
        for is_added, text in (*said, *pieces(others)):
            if is_added:
                self._note_folder(text)
                self.session.context(text, raw, at)
            else:
                at_screen = self._times.at(text) if at is None else at
                prompt = self.session.words(text, raw, at_screen)
        if prompt is None and given:
            prompt = self.session.words("\n".join(given.values()), raw, at)
        elif prompt is not None:
            prompt.parts += (Part(PartKind.MESSAGE, text) for text in given.values())

    def _answer(
        self, call_id: str, text: str, is_shown: bool, failed: bool, raw: Raw, at: int | None
    ) -> list[tuple[bool, str]]:
        """Add a result; what it holds of the person's words is returned, to be said after it."""
        found = list(pieces([text], of_result=True))
        words = [piece for piece in found if not piece[0]]
        if is_shown:
            return found
        rest = "\n".join(piece for is_added, piece in found if is_added) if words else text
        failed = failed or text.lstrip().startswith(_FAILED)
        self.session.result(call_id, rest, raw, at, is_error=failed)
        return words

    def _note_folder(self, text: str) -> None:
        """Take the working folder that the environment names, where no file beside does."""
        for heading in _FOLDERS if not self.session.cwd else ():
            _, _, rest = text.partition(heading)
            folder, closing, _ = rest[:1000].partition(") Files")
            if closing and "\n" not in folder:
                self.session.cwd = folder


def _given(content: msgspec.Raw) -> dict[str, str]:
    """The files and images of a message: what their blocks say, and that with its name above."""
    given: dict[str, str] = {}
    for raw in elements(content):
        block = plain_value(raw)
        if isinstance(block, dict) and block.get("type") in _FILES:
            text = text_of(block)
            path = block.get("path")
            given[text] = f"[file: {path}]\n{text}" if isinstance(path, str) else text
    return given


def _arguments(call: Part) -> object:
    try:
        return ANYTHING.decode(call.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
