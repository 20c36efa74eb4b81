"""Memories that sessions were given, as facts: what became of each, and where that is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.kit.controls.fact_list import Fact
from app.kit.formatting import counted, exact_time, number
from app.kit.glyphs import USES
from app.kit.navigation import Place
from app.kit.plain_text import one_line
from app.kit.view_names import ViewName
from hpm_engine import GivenMemory, MemoryKind, Use, UsedStep

Go = Callable[[Place], None]
_NAME = 90  # characters of what a memory or a session is called


def given_facts(entered: Sequence[GivenMemory], handed: Sequence[GivenMemory]) -> tuple[Fact, ...]:
    """How much entered a session, and how often it was given to others, with what came of it."""
    sessions = {memory.into: memory for memory in handed}
    return (
        Fact("Was given", _counts(entered, len(entered), "memory", "memories")),
        Fact("Given to", _counts(handed, len(sessions), "session", "sessions")),
    )


def _counts(given: Sequence[GivenMemory], count: int, noun: str, nouns: str) -> str:
    if not given:
        return ""
    uses = {(memory.into, memory.kind, memory.id) for memory in given if memory.use is Use.USED}
    return f"{counted(count, noun, nouns)}, {number(len(uses))} used"


def entered_facts(given: Sequence[GivenMemory], go: Go, most: int = 20) -> tuple[Fact, ...]:
    """What entered a session, each with a link to it, then one to the step that used it."""
    facts = [fact for memory in given[:most] for fact in memory_facts(memory, go)]
    return (*facts, *_more(given, most, "memory", "memories"))


def handed_facts(given: Sequence[GivenMemory], go: Go, most: int = 20) -> tuple[Fact, ...]:
    """The sessions that an episode was given to, and what each made of it."""
    facts = []
    for memory in given[:most]:
        known = memory.session_id is not None
        name = one_line(memory.session, _NAME) if known else f"session {one_line(memory.into, 40)}"
        place = Place(ViewName.EPISODES, memory.session_id) if known else _recall_of(memory)
        facts.append(_fact(memory, name, place, go))
        facts += _step_facts(memory.step, go)
    return (*facts, *_more(given, most, "session", "sessions"))


def memory_facts(memory: GivenMemory, go: Go) -> list[Fact]:
    """One memory that was given, and the step that used it."""
    if memory.kind is MemoryKind.EPISODE:
        name = one_line(memory.name, _NAME) or f"episode {memory.id}, not there now"
        place = Place(ViewName.EPISODES, memory.id) if memory.name else _recall_of(memory)
    else:
        name = f"{memory.kind.value} · {one_line(memory.name, _NAME) or number(memory.id)}"
        place = Place(ViewName.NOTES, note_id=memory.id)
    return [_fact(memory, name, place, go), *_step_facts(memory.step, go)]


def _fact(memory: GivenMemory, text: str, place: Place, go: Go) -> Fact:
    mark = USES[memory.use]
    tip = f"{mark.word}; given {exact_time(memory.at)} by recall {number(memory.recall_id)}"
    return Fact(str(mark), text, tone=mark.colour, tip=tip, go=partial(go, place))


def _step_facts(step: UsedStep | None, go: Go) -> list[Fact]:
    if step is None:
        return []
    place = Place(ViewName.EPISODES, step.episode_id, step.seq)
    return [Fact("", f"seen in step {number(step.seq + 1)}", go=partial(go, place))]


def use_fact(use: Use | None, step: UsedStep | None, go: Go) -> list[Fact]:
    """What a session made of a memory, as one fact; none where nobody was given it."""
    if use is None:
        return []
    mark = USES[use]
    if step is None:
        return [Fact("Became", str(mark), tone=mark.colour)]
    text = f"{mark}, step {number(step.seq + 1)} of the session"
    place = Place(ViewName.EPISODES, step.episode_id, step.seq)
    return [Fact("Became", text, tone=mark.colour, go=partial(go, place))]


def _recall_of(memory: GivenMemory) -> Place:
    return Place(ViewName.RECALL, recall_id=memory.recall_id)


def _more(given: Sequence[GivenMemory], most: int, noun: str, nouns: str) -> list[Fact]:
    left = len(given) - most
    return [Fact("More", f"{counted(left, noun, nouns)} not shown")] if left > 0 else []
