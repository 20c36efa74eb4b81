"""The sessions and subagents in a file of Claude Code, and the owner of each line."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hpm_engine.ingest.claude_code.lines import MESSAGE, ClaudeLine, blocks
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.sources.line_records import Located

SUBAGENTS = 100  # of a session; each costs a pass, so further ones join the last
WARM_UP = "Warmup"
_CONVERSATION = ("user", "assistant")
_REPLAYS = ("acompact", "aside")  # agents that begin with all of their parent's conversation


@dataclass(slots=True)
class Thread:
    """The conversation of a session, or of one of its subagents."""

    session: str
    child: str = ""
    first: Located[ClaudeLine] | None = None  # of the conversation; None without one
    warm_up: bool = False
    continues: str = ""  # the session whose history comes first
    own: int = 0  # lines before this byte repeat another conversation
    prompt: int = 0  # the first byte of the last line with a prompt
    hangs: bool = False  # on a line of its parent, of whose history it repeats nothing
    agents: set[str] = field(default_factory=set)


class Outline:
    """The threads of a file, from one pass over its lines.

    Where a session goes on in another's chain of messages, the other's history is copied before
    its own lines; a session that begins anew merely shares the file.
    """

    def __init__(self, lines: Iterable[Located[ClaudeLine]], own_id: str = "") -> None:
        """``own_id`` is the session id in the name of the file, "" for none."""
        self._threads: list[Thread] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._owners = array("H")  # the thread of each line
        self._authors: dict[int, int] = {}  # hash of a line's uuid -> thread
        self._own_id = own_id
        self._session = ""
        for line in lines:
            self._note(line)
        self._joined: dict[int, int] = {}
        self._join_nameless()
        self._join_copies()
        self._join_nameless_agents()

    @property
    def threads(self) -> list[Thread]:
        """The threads that have a conversation, each session before its subagents."""
        threads = [
            thread
            for number, thread in enumerate(self._threads)
            if thread.first is not None and number not in self._joined
        ]
        sessions = [thread.session for thread in threads]
        order = {session: rank for rank, session in reversed([*enumerate(sessions)])}
        threads.sort(key=lambda thread: (order[thread.session], thread.child != ""))
        return threads

    def lines(
        self, thread: Thread, lines: Iterable[Located[ClaudeLine]]
    ) -> Iterator[Located[ClaudeLine]]:
        """The lines of one thread, out of all lines of the file."""
        number = self._numbers[thread.session, thread.child]
        wanted = {number, *(old for old, new in self._joined.items() if new == number)}
        for index, line in enumerate(lines):  # to the end, so that all damage is accounted for
            if index < len(self._owners) and self._owners[index] in wanted:
                yield line

    def holds(self, thread: Thread, uuid: str) -> bool:
        """Whether the line with this uuid is one of the thread's own."""
        return self._authors.get(hash(uuid)) == self._numbers[thread.session, thread.child]

    def _note(self, line: Located[ClaudeLine]) -> None:
        record = line.record
        session = record.session_id or record.stream_session or self._session
        self._session = session
        aside = record.is_sidechain or record.agent_id or record.parent_tool_use_id
        thread = self._thread(session, self._child(record, session) if aside else "")
        number = self._numbers[thread.session, thread.child]
        self._owners.append(number)
        if record.agent_id:
            thread.agents.add(record.agent_id)
        if record.type in _CONVERSATION and memoryview(record.message).nbytes:
            self._note_conversation(thread, line)
        if record.uuid:
            self._authors[hash(record.uuid)] = number

    def _note_conversation(self, thread: Thread, line: Located[ClaudeLine]) -> None:
        record = line.record
        if thread.first is None:
            thread.first = line
            thread.warm_up = is_warm_up(record)
            if not thread.child and record.parent_uuid:
                number = self._authors.get(hash(record.parent_uuid))
                if number is not None and self._threads[number].session != thread.session:
                    thread.continues = self._threads[number].session
                    thread.own = line.start
            thread.hangs = _hangs(record)
        if thread.child.startswith(_REPLAYS) and not thread.hangs and is_prompt(record):
            thread.prompt = line.start

    def _thread(self, session: str, child: str) -> Thread:
        number = self._numbers.get((session, child))
        if number is None:
            number = self._numbers[session, child] = len(self._threads)
            self._threads.append(Thread(session, child))
        return self._threads[number]

    def _child(self, record: ClaudeLine, session: str) -> str:
        """The name of a line's subagent: its id, else its parent's, else its first line's."""
        known = self._authors.get(hash(record.uuid)) if record.uuid else None
        if known is None and not record.agent_id:
            known = self._authors.get(hash(record.parent_uuid or ""))
        if known is not None and self._threads[known].session == session:
            child = self._threads[known].child
            if child:
                return child
        child = record.agent_id or record.parent_tool_use_id or record.uuid or "sidechain"
        if (session, child) not in self._numbers:
            children = [thread for thread in self._threads if thread.session == session]
            if len(children) > SUBAGENTS:
                return children[-1].child
        return child

    def _join_nameless(self) -> None:
        """Give the lines before the first session to that session."""
        nameless = self._numbers.get(("", ""))
        if nameless is not None and self._threads[nameless].first is None:
            for number, thread in enumerate(self._threads):
                if thread.session and not thread.child:
                    self._joined[nameless] = number
                    return

    def _join_copies(self) -> None:
        """Join history that was copied before a session to it: the copy is no episode."""
        mains = [
            (number, thread)
            for number, thread in enumerate(self._threads)
            if thread.session and not thread.child and thread.first is not None
        ]
        for rank, (number, thread) in enumerate(mains):
            earlier = mains[:rank]
            if thread.session == self._own_id and earlier:
                thread.continues = earlier[-1][1].session
                thread.own = thread.first.start if thread.first else 0
            elif not thread.continues or thread.continues == self._own_id:
                continue
            else:
                earlier = [pair for pair in earlier if pair[1].session == thread.continues]
            for copied, _ in earlier:
                for old, new in self._joined.items():
                    self._joined[old] = number if new == copied else new
                self._joined[copied] = number
        for thread in self._threads:
            if thread.child.startswith(_REPLAYS):
                thread.own = thread.prompt

    def _join_nameless_agents(self) -> None:
        """Join the threads of a file that has only one subagent, whatever its lines hang on."""
        for session in {thread.session for thread in self._threads}:
            threads = [(n, t) for n, t in enumerate(self._threads) if t.session == session]
            children = [(n, t) for n, t in threads if t.child]
            if any(t.first for _, t in threads if not t.child) or len(children) < 2:
                continue
            agents = {agent for _, thread in children for agent in thread.agents}
            if len(agents) <= 1:
                kept, heir = next((pair for pair in children if pair[1].agents), children[0])
                firsts = [t.first for _, t in children if t.first]
                heir.first = min(firsts, key=lambda line: line.start) if firsts else None
                self._joined.update({n: kept for n, _ in threads if n != kept})


def _hangs(record: ClaudeLine) -> bool:
    """Whether an agent's first line has a parent; the first line of a replay has none."""
    return bool(record.parent_uuid) and not record.is_compact_summary and is_prompt(record)


def is_warm_up(record: ClaudeLine) -> bool:
    """Whether a subagent's first line is the client's own warm-up, which is no task."""
    message = MESSAGE.nested(record.message) if record.type == "user" else None
    if message is None:
        return False
    return [block_text(block).strip() for block in blocks(message.content)] == [WARM_UP]


def is_prompt(record: ClaudeLine) -> bool:
    """Whether a line contains words to the agent, not only results."""
    message = MESSAGE.nested(record.message) if record.type == "user" else None
    if message is None:
        return False
    return any(not block.type.endswith("tool_result") for block in blocks(message.content))
