"""Kimi Code: the wire of each agent of a session, a folder of its own for each."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.json.plain_values import first_text, mapping, text
from hpm_engine.ingest.json.raw_values import raw_text
from hpm_engine.ingest.kimi.lines import LINE, OUTPUT, KimiEvent, KimiMessage, WireLine
from hpm_engine.ingest.kimi.state import KimiState
from hpm_engine.ingest.kimi.undo import take_back
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import content_text, message_blocks
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw, Spent
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_MAIN = "main"
_FAMILIES = frozenset(
    (
        *("config", "context", "full_compaction", "goal", "llm", "mcp", "micro_compaction"),
        *("permission", "plan_mode", "profile", "step", "swarm_mode", "tools", "turn", "usage"),
    )
)


class KimiWires:
    """The files under ``~/.kimi-code/sessions``."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is the head of a wire, or changes an agent's context."""
        return any(map(_is_own, source.records))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of a file; another agent's than the main one's is a child of the session.

        What a fork took over of another session, or a question aside of its agent, is copied.
        """
        session, agent = _place(source.name)
        state = KimiState(source.beside("../../state.json"))
        forks = state.is_fork(agent)
        wire = _Wire(GatheredSession("kimi-code", session), source.account, forks=forks)
        for line in typed_lines(source, LINE, source.account):
            wire.add(line)
        gathered = wire.gathered
        gathered.model = gathered.model or wire.model
        state.tell(gathered)
        if session:
            gathered.key = _key(session, agent)
        if session and gathered.key != session:
            gathered.parent_key = _key(session, state.parent_agent(agent))
        if wire.is_forked and state.forked_from:
            gathered.continues_key = _key(state.forked_from, agent)
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _is_own(record: dict[str, object]) -> bool:
    kind = text(record.get("type"))
    if kind == "metadata":
        return "protocol_version" in record
    return kind in ("context.append_message", "context.append_loop_event")


def _place(name: str) -> tuple[str, str]:
    """The session and the agent that the folders of a wire name; "" where they do not."""
    folders = folders_of(name)
    if len(folders) > 3 and folders[-3] == "agents":
        return folders[-4], folders[-2]
    return "", ""


def _begins_own(kind: str, message: KimiMessage | None) -> bool:
    """Whether a line is the first of its own, of an agent that began with another's messages.

    It is what the agent is told before a question aside, or what begins a turn.
    """
    origin = mapping(message.origin) if message is not None else {}
    aside = origin.get("kind") == "injection" and origin.get("variant") == "btw"
    return kind.startswith(("turn.", "context.append_loop_event")) or aside


def _key(session: str, agent: str) -> str:
    """The key of an agent of a session: the main one's is the session's."""
    return session if agent in ("", _MAIN) else f"{session}/{agent}"


class _Wire:
    """The steps of one agent, from the lines of its wire; ``forks``: it begins with another's."""

    def __init__(self, gathered: GatheredSession, account: Account, *, forks: bool) -> None:
        self.gathered = gathered
        self.is_forked = False  # whether the lines begin with those of another session
        self._copies = forks  # whether the lines repeat another agent's context
        self.model = ""
        self._account = account
        self._between = Spent()  # tokens that belong to no step of the loop
        self._step: tuple[str, Turn] | None = None  # the step that the loop is in, by its id

    def add(self, line: Located[WireLine]) -> None:
        """Add one line."""
        record, raw = line.record, (line.start, line.size)
        kind = text(record.type)
        at = micros(record.time)
        self.gathered.note_time(at if kind != "metadata" else micros(record.created_at))
        self.model = first_text(record.model_alias, record.model) or self.model
        if self._copies and _begins_own(kind, record.message):
            self.gathered.mark_copied()
            self._copies = False
        if kind == "context.append_message" and record.message is not None:
            self._message(record.message, raw, at)
        elif kind == "context.append_loop_event" and record.event is not None:
            self._event(record.event, raw, at)
        elif kind == "context.apply_compaction":
            self._compacted(text(record.summary), raw, at)
        elif kind == "turn.cancel":
            self._interrupt()
        elif kind == "context.undo":
            take_back(self.gathered.turns, record.count)
            self._account.pass_over("bookkeeping: context.undo")
        elif kind == "forked":
            self._fork(at)
        elif kind == "usage.record":
            self._count(record)
        elif kind != "metadata":
            self._note(record, kind)

    def _note(self, record: WireLine, kind: str) -> None:
        self.gathered.cwd = self.gathered.cwd or text(record.cwd)
        family = kind.partition(".")[0]
        if family in _FAMILIES:
            self._account.pass_over(f"bookkeeping: {kind[:40]}")
        else:
            self._account.miss_record(f"a line of type {kind[:40]}" if kind else "a line untyped")

    def _fork(self, at: int | None) -> None:
        """End what was copied: the session's own lines begin."""
        self._account.pass_over("bookkeeping: forked")
        self.gathered.mark_copied(at)
        self.is_forked, self._step = True, None

    def _count(self, record: WireLine) -> None:
        """Take tokens that no step states: those of a compaction, or of a step without an end."""
        self._account.pass_over("bookkeeping: usage.record")
        if record.usage is None:
            return
        if record.usage_scope == "session":
            self._between = record.usage.spent
            return
        spoken = (turn for turn in reversed(self.gathered.turns) if turn.source is StepSource.AGENT)
        turn = self._step[1] if self._step is not None else next(spoken, None)
        if turn is not None and turn.tokens_in is None and turn.tokens_out is None:
            spent = record.usage.spent
            turn.tokens_in, turn.tokens_out = spent.tokens_in, spent.tokens_out

    def _compacted(self, summary: str, raw: Raw, at: int | None) -> None:
        before = len(self.gathered.turns)
        self.gathered.summary(summary, raw, at)
        for turn in self.gathered.turns[before:]:
            turn.tokens_in, turn.tokens_out = self._between.tokens_in, self._between.tokens_out
        self._between = Spent()

    def _message(self, message: KimiMessage, raw: Raw, at: int | None) -> None:
        blocks = message_blocks(message.content)
        origin = text(mapping(message.origin).get("kind"))
        self._step = None
        if message.role == "assistant":
            calls = [*blocks.calls, *message.calls]
            self.gathered.reply(blocks.text, raw, at, reasoning=blocks.reasoning, calls=calls)
        elif message.role == "tool":
            failed = message.is_error is True
            call_id = text(message.tool_call_id)
            self.gathered.result(call_id, blocks.text, raw, at, is_error=failed)
        elif message.role != "user":
            self.gathered.notice(blocks.text, raw, at)
        elif origin in ("", "user") or origin.startswith("cron"):
            self.gathered.prompt_blocks(blocks.texts, raw, at)
        else:
            self.gathered.context(blocks.text, raw, at)

    def _event(self, event: KimiEvent, raw: Raw, at: int | None) -> None:
        kind = text(event.type)
        if kind == "tool.result":
            output = OUTPUT.nested(event.result)
            call_id = first_text(event.tool_call_id, event.call_id, event.parent_uuid)
            if output is None:
                self.gathered.result(call_id, content_text(event.result), raw, at)
            else:
                words = content_text(output.output)
                failed = output.is_error is True
                self.gathered.result(call_id, words, raw, at, is_error=failed)
            return
        turn = self._turn(event, raw, at)
        if kind == "step.end" and event.usage is not None:
            spent = event.usage.spent
            turn.tokens_in, turn.tokens_out = spent.tokens_in, spent.tokens_out
        elif kind == "content.part":
            blocks = message_blocks(event.part)
            turn.parts += [Part(PartKind.REASONING, words) for words in blocks.thoughts]
            turn.parts += [Part(PartKind.MESSAGE, words) for words in blocks.texts]
        elif kind == "tool.call":
            given = event.args if memoryview(event.args).nbytes else event.input
            call_id = first_text(event.tool_call_id, event.call_id, event.uuid)
            name = first_text(event.name, event.tool_name)
            call = Part(PartKind.CALL, raw_text(given), name, call_id)
            self.gathered.conversation.call(turn, [call])
        elif kind not in ("step.begin", "step.end"):
            self._account.miss(f"an event of type {kind[:40]}" if kind else "an event untyped")

    def _turn(self, event: KimiEvent, raw: Raw, at: int | None) -> Turn:
        """The step of an event: a new one where the loop has gone on."""
        named = event.uuid if text(event.type).startswith("step.") else event.step_uuid
        numbered = f"{event.turn_id}.{event.step}" if event.step is not None else ""
        identity = text(named) or numbered
        if self._step is not None and identity in ("", self._step[0]):
            return self._step[1]
        turn = self.gathered.reply("", raw, at, model=self.model)
        self._step = (identity, turn)
        return turn

    def _interrupt(self) -> None:
        last = self.gathered.conversation.last
        if last is not None and last.source is StepSource.AGENT:
            last.flags |= StepFlag.INTERRUPTED
        self._account.pass_over("bookkeeping: turn.cancel")
