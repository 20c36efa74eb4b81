"""A session of Copilot CLI as an episode."""

from __future__ import annotations

from hpm_engine.ingest.copilot_cli.events import (
    CopilotData,
    CopilotEvent,
    attached,
    outcome,
    place,
    requested_calls,
)
from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw, Spent
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

FORMAT = "copilot-cli"
_OWN = ("", "user")  # sources of a message that a person wrote
_FAMILIES = frozenset(
    (
        *("assistant", "auto_mode_switch", "capabilities", "command", "commands", "elicitation"),
        *("exit_plan_mode", "external_tool", "hook", "mcp", "model", "pending_messages"),
        *("permission", "sampling", "session", "skill", "subagent", "system", "tool"),
        *("user", "user_input"),
    )
)


class CopilotSession:
    """The steps of one agent of a session, from its events in order."""

    def __init__(self, account: Account) -> None:
        self.gathered = GatheredSession(FORMAT)
        self._account = account
        self._model = ""
        self._thought = ""  # of a reasoning event; the message that follows may repeat it
        self._latest: tuple[object, Turn] | None = None  # the last message's id, and its step

    def add(self, line: Located[CopilotEvent], data: CopilotData) -> None:
        """Add one event with its data."""
        event, raw = line.record, (line.start, line.size)
        at = micros(event.timestamp)
        kind = text(event.type)
        if event.ephemeral is True:
            self._account.pass_over("a piece of an event as it streams")
            return
        self.gathered.note_time(at)
        if kind == "result":
            self.gathered.key = self.gathered.key or text(event.session_id)
            self._account.pass_over("bookkeeping: result")
        elif not self._spoken(kind, data, raw, at):
            self._note(kind, data)

    def finish(self) -> None:
        """Settle what only the end tells: the model of replies that name none."""
        self.gathered.model = self.gathered.model or self._model

    def _spoken(self, kind: str, data: CopilotData, raw: Raw, at: int | None) -> bool:
        """Add an event that is a step or belongs to one; False for any other."""
        content = text_of(data.content)
        if kind == "user.message":
            if text(data.source) in _OWN:
                self.gathered.prompt("\n".join([content, *attached(data)]).strip(), raw, at)
            else:
                self.gathered.context(content, raw, at)
        elif kind == "assistant.message":
            self._reply(data, content, raw, at)
        elif kind == "assistant.reasoning":
            self._thought = content
        elif kind == "tool.execution_complete":
            failed = data.success is False
            self.gathered.result(text(data.tool_call_id), outcome(data), raw, at, is_error=failed)
        elif kind in ("system.message", "system.notification"):
            self.gathered.notice(content, raw, at)
        elif kind == "session.error":
            self.gathered.notice(text_of(data.message), raw, at, failed=True)
        elif kind == "session.compaction_complete":
            self.gathered.summary(text_of(data.summary_content), raw, at)
        elif kind == "abort":
            self._interrupt()
        else:
            return False
        return True

    def _note(self, kind: str, data: CopilotData) -> None:
        """Take what an event of bookkeeping says of the session."""
        if kind in ("session.start", "session.resume"):
            self.gathered.key = self.gathered.key or text(data.session_id)
            cwd, branch = place(data)
            self.gathered.cwd = self.gathered.cwd or cwd
            self.gathered.branch = self.gathered.branch or branch
        elif kind == "session.title_changed":
            self.gathered.agent_name = text(data.title) or self.gathered.agent_name
        models = (data.new_model, data.selected_model, data.chosen_model)
        self._model = next(filter(None, map(text, models)), self._model)
        family = kind.partition(".")[0]
        if family in _FAMILIES and "." in kind:
            self._account.pass_over(f"bookkeeping: {kind[:40]}")
        else:
            self._account.miss_record(f"an event of type {kind[:40]}" if kind else "a line untyped")

    def _reply(self, data: CopilotData, content: str, raw: Raw, at: int | None) -> None:
        reasoning, self._thought = text(data.reasoning_text) or self._thought, ""
        calls = requested_calls(data)
        if self._latest is not None and _goes_on(data, self._latest[0]):
            self._go_on(self._latest[1], content, calls, data)
            return
        turn = self.gathered.reply(
            content,
            raw,
            at,
            reasoning=reasoning,
            calls=calls,
            model=text(data.model) or self._model,
            spent=Spent(tokens_out=token_count(data.output_tokens)),
        )
        self._latest = (data.message_id, turn)

    def _go_on(self, turn: Turn, content: str, calls: list[Part], data: CopilotData) -> None:
        """Add a further chunk of a message."""
        if content:
            turn.parts.append(Part(PartKind.MESSAGE, content))
        self.gathered.conversation.call(turn, calls)
        turn.tokens_out = _sum(turn.tokens_out, token_count(data.output_tokens))

    def _interrupt(self) -> None:
        last = self.gathered.conversation.last
        if last is not None and last.source is StepSource.AGENT:
            last.flags |= StepFlag.INTERRUPTED


def _goes_on(data: CopilotData, latest: object) -> bool:
    """Whether a message is a later chunk of the one before."""
    index = data.chunk_index
    return isinstance(index, int) and index > 0 and bool(latest) and data.message_id == latest


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
