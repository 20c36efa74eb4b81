"""A chat of Cursor as messages of roles: its transcripts and its stores tell it alike."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.cursor.prompts import prompt_pieces, workspace_path
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag
from hpm_engine.values.renderings import CURSOR

_SIDES = ("user", "assistant", "tool", "system")


class ToolOutcome(msgspec.Struct):
    """How a tool ended, as Cursor saw it."""

    failed: object = msgspec.field(default=None, name="isError")


class CursorOptions(msgspec.Struct):
    """Cursor's own fields of a message."""

    outcome: ToolOutcome | None = msgspec.field(default=None, name="highLevelToolCallResult")


class ProviderOptions(msgspec.Struct):
    """Fields of a message that no model sees."""

    cursor: CursorOptions | None = None


class Message(msgspec.Struct):
    """A message of one side."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    options: ProviderOptions | None = msgspec.field(default=None, name="providerOptions")

    @property
    def fails(self) -> bool:
        """Whether it says that the results in it are errors."""
        cursor = self.options.cursor if self.options else None
        return cursor is not None and cursor.outcome is not None and cursor.outcome.failed is True


class Chat:
    """A chat under construction."""

    def __init__(self, format_: str, key: str, account: Account) -> None:
        self.gathered = GatheredSession(format_, key, CURSOR)
        self.account = account
        self._answered = False
        self._calls: set[str] = set()  # the ids of calls, which transcripts do not have

    def add(self, message: Message, raw: Raw, *, model: str = "", fails: bool = False) -> bool:
        """Add a message; False for one whose role is unknown."""
        if message.role not in _SIDES:
            return False
        blocks = message_blocks(message.content, self.account)
        gathered = self.gathered
        if message.role == "assistant":
            gathered.reply(
                blocks.text, raw, reasoning=blocks.reasoning, calls=blocks.calls, model=model
            )
        self._calls.update(call.call_id for call in blocks.calls)
        for result in blocks.results:
            failed = fails or message.fails or result.is_error
            call_id = result.call_id if result.call_id in self._calls else ""
            gathered.result(call_id, result.text, raw, is_error=failed)
            self._answered = True
        if message.role == "user":
            self._ask(blocks.text, raw)
        elif message.role != "assistant":
            gathered.notice(blocks.text, raw)
        return True

    def _ask(self, text: str, raw: Raw) -> None:
        for injected, piece in prompt_pieces(text):
            if injected:
                self.gathered.context(piece, raw)
                self.gathered.cwd = self.gathered.cwd or workspace_path(piece)
            else:
                self.gathered.words(piece, raw)

    def interrupt(self) -> None:
        """Note that the person stopped the agent here."""
        if self.gathered.turns:
            self.gathered.turns[-1].flags |= StepFlag.INTERRUPTED

    def draft(self) -> EpisodeDraft | None:
        """The chat as an episode; None for one in which nothing was said."""
        if not self._answered:  # transcripts keep no results: nothing tells which calls had none
            for turn in self.gathered.turns:
                turn.waiting.clear()
        return self.gathered.draft()
