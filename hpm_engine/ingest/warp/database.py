"""Warp's database: what a person asked its agent, and the commands that the agent ran.

Warp keeps no message of its agent, so none is told: a command is a step of the terminal's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.consoles.console_lines import screen_text
from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import cell_text, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.json.raw_values import elements
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource

FORMAT = "warp"
_SHELL = "run_command"  # Warp's own name of the tool, in its sums


class WarpDatabase:
    """``warp.sqlite``."""

    format = FORMAT
    agent = "Warp"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are what was asked, and conversations with an agent."""
        asked = has(columns, "ai_queries", "conversation_id", "input")
        return asked and "agent_conversations" in columns

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the conversations, of those too that only have prompts."""
        ids = [
            *tables.values("conversation_id", Selection("agent_conversations", order=("id",))),
            *tables.values("conversation_id", Selection("ai_queries", order=("id",))),
        ]
        yield from dict.fromkeys(map(str, ids))

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The conversation, what was asked, and the commands that name the conversation."""
        yield Selection("agent_conversations", "conversation_id", session)
        yield Selection("ai_queries", "conversation_id", session, order=("start_ts", "id"))
        yield Selection("blocks", "ai_metadata", session, order=("start_ts", "id"), within=True)

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The columns by which rows are asked for."""
        return (("ai_queries", "conversation_id"), ("agent_conversations", "conversation_id"))


class QueryRow(msgspec.Struct):
    """A row of what was asked; ``input`` is empty where the agent went on by itself."""

    start_ts: object = None
    input: object = None
    working_directory: object = None
    model_id: object = None


class BlockRow(msgspec.Struct):
    """A row of a command; command and output hold the terminal's control characters."""

    stylized_command: object = None
    stylized_output: object = None
    pwd: object = None
    exit_code: object = None
    did_execute: object = None
    start_ts: object = None
    completed_ts: object = None
    block_id: object = None
    ai_metadata: object = None
    git_branch: object = None


class WarpQuery(msgspec.Struct):
    """A prompt."""

    text: object = None


class WarpInput(msgspec.Struct):
    """An input of the agent: a prompt, or what only it needed."""

    query: WarpQuery | None = msgspec.field(default=None, name="Query")


class BlockFacts(msgspec.Struct):
    """Whose a command was."""

    conversation_id: object = None
    action: object = msgspec.field(default=None, name="requested_command_action_id")


_INPUT = TypedDecoder(WarpInput)
_FACTS = TypedDecoder(BlockFacts)


class WarpRows:
    """A conversation of the database."""

    format = FORMAT

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of a conversation with Warp's agent."""
        return told_by(source, FORMAT)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversation: prompts and commands, in the order of their times."""
        source.must_fit("conversation", "Split it.")
        account, session = source.account, session_of(source)
        gathered = GatheredSession(FORMAT, session)
        for _, start, size, line in rows(source):
            if line.table == "ai_queries":
                _ask(gathered, msgspec.convert(line.row, QueryRow), (start, size), account)
            elif line.table == "blocks":
                row = msgspec.convert(line.row, BlockRow)
                _run(gathered, row, session, (start, size), account)
            else:
                account.pass_over(f"bookkeeping: {text_of(line.table)[:40]}")
        _order(gathered)
        draft = gathered.draft()
        if draft is None:
            raise account.nothing(source.name, "a conversation of Warp without a prompt.")
        yield draft


def _ask(gathered: GatheredSession, row: QueryRow, raw: Raw, account: Account) -> None:
    at = micros(cell_text(row.start_ts))
    gathered.cwd = gathered.cwd or cell_text(row.working_directory)
    gathered.model = cell_text(row.model_id) or gathered.model
    inputs = [_INPUT.nested(item) or WarpInput() for item in elements(json_cell(row.input))]
    texts = [text_of(item.query.text) for item in inputs if item.query is not None]
    if not any(texts):
        _spread(gathered, at)
        account.pass_over("an exchange in which the agent went on by itself")
    for text in texts:
        gathered.prompt(text, raw, at)


def _run(
    gathered: GatheredSession, row: BlockRow, session: str, raw: Raw, account: Account
) -> None:
    facts = _FACTS.nested(json_cell(row.ai_metadata)) or BlockFacts()
    if text_of(facts.conversation_id) != session:
        account.pass_over("a command of another conversation")
        return
    command = _shown(cell_text(row.stylized_command)).strip()
    call_id = text_of(facts.action) or cell_text(row.block_id)
    gathered.branch = cell_text(row.git_branch) or gathered.branch
    turn = gathered.conversation.say(
        StepSource.SYSTEM,
        "",
        raw,
        at=micros(cell_text(row.start_ts)),
        calls=(Part(PartKind.CALL, command, _SHELL, call_id),),
    )
    if turn is not None and row.did_execute not in (0, False):
        output = _shown(cell_text(row.stylized_output))
        failed = isinstance(row.exit_code, int) and row.exit_code != 0
        turn.answer(output, "", call_id, failed)
    _spread(gathered, micros(cell_text(row.completed_ts)))


def _shown(text: str) -> str:
    """What a terminal's bytes left on the screen."""
    return "\n".join(screen_text(line) for line in text.split("\n"))


def _spread(gathered: GatheredSession, at: int | None) -> None:
    """Note that the conversation was still going on at a moment."""
    if at is not None:
        gathered.ended_at = max(at, gathered.ended_at or at)


def _order(gathered: GatheredSession) -> None:
    """Put commands where their times are among the prompts; what has none follows its like."""
    last, keyed = 0, []
    for number, turn in enumerate(gathered.turns):
        last = turn.at if turn.at is not None else last
        keyed.append((last, number, turn))
    gathered.turns[:] = [turn for _, _, turn in sorted(keyed, key=lambda item: item[:2])]
