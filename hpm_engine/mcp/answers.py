"""What the tools answer: texts in which all that comes from a trace is quoted.

An answer never takes more tokens than it was given, by the engine's estimate, which errs upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hpm_engine.errors import NotFound
from hpm_engine.job import Job
from hpm_engine.mcp.asker import Asker
from hpm_engine.mcp.tools import (
    FindArguments,
    ProposeNoteArguments,
    ReadStepsArguments,
    RecallArguments,
)
from hpm_engine.memory import Memory
from hpm_engine.recall.quotation import cut_short, fenced, quoted, quoted_line, tokens_in
from hpm_engine.system import local_time
from hpm_engine.values.episodes import Episode, EpisodeQuery, Part, PartKind, Step, StepFlag
from hpm_engine.values.recall import Recall, RecallOptions, RecallScope
from hpm_engine.words.own_quotation import DATA

_STEPS_BY = "read_steps(episode=EPISODE, first=N)"
_NOTHING = (
    "Nothing was recalled. Try other words of the task{}, or find(query=…) with exact words.\n"
)
_UNKNOWN = "No session is known of the project at hand: all projects were asked."
_PAGE = 20  # steps read at a time
_FENCES = 40  # tokens of the fences, whose length goes by what they hold, and of joints
_FOOT = 60  # tokens of the last line
_TITLE = 160  # characters of what a session is called
_NAME = 48  # characters of an agent or a project
_EVERYWHERE = "everywhere"


def recall(memory: Memory, asker: Asker, asked: RecallArguments, tokens: int, known: bool) -> str:
    """What earlier sessions tell of a task or an error; the engine records that it was asked.

    ``known`` says whether the store has sessions of the asker's project. Raises ``BadQuery`` where
    nothing is asked.
    """
    within = asked.scope != _EVERYWHERE
    project = asker.reader.project if within and known else ""
    scope = RecallScope(project=project, not_session=asker.session, reader=asker.reader)
    notes = [_UNKNOWN] if within and not known else []
    options = RecallOptions(budget=max(tokens - _FOOT, 1), into=asker.into, steps_by=_STEPS_BY)
    recalled = memory.recall.ask(asked.about, asked.limit, scope, (), options)
    text = recalled.context.text or _without_text(recalled, project)
    return _within(text, [*notes, *recalled.notes], _foot(recalled, text, tokens), tokens)


def read_steps(
    memory: Memory, asker: Asker, asked: ReadStepsArguments, tokens: int, job: Job
) -> str:
    """Steps of an episode, as many as have room. Raises ``NotFound``."""
    missing = NotFound(f"There is no episode {asked.episode}: recall and find give the numbers.")
    if not memory.visibility.seen(asker.reader, [asked.episode]):
        raise missing
    episodes = memory.episodes.get([asked.episode])
    if not episodes:
        raise missing
    episode = episodes[0]
    last = min(episode.steps, asked.last if isinstance(asked.last, int) else episode.steps)
    if not asked.first <= last:
        raise NotFound(
            f"There is no step {asked.first} up to {last}: episode {episode.id} has "
            f"{episode.steps} steps."
        )
    opening = f"Steps of an earlier session. {DATA}"
    head = "\n".join([f"episode {episode.id}, {episode.steps} steps", *_facts(episode)])
    pieces, left = [head], tokens - tokens_in(opening) - tokens_in(head) - _FENCES - _FOOT
    following, cut = asked.first, False
    while following <= last and left > 0:
        job.step(following - asked.first, last - asked.first + 1, "reading steps", "steps")
        stop = min(following - 1 + _PAGE, last)
        for step in memory.steps.read(episode.id, following - 1, stop):
            piece = _step(step)
            cost = tokens_in(piece) + 2
            if cost > left:
                short = cut_short(piece, left - 2) if following == asked.first else ""
                if cut := bool(short):
                    pieces.append(short)
                    following += 1
                left = 0
                break
            pieces.append(piece)
            left -= cost
            following += 1
    foot = f"next: {following}" if following <= last else f"no more: {last} of {episode.steps}"
    if cut:
        foot = f"step {asked.first} was cut: more tokens show more · {foot}"
    if following == asked.first:
        foot = f"Step {following} has no room in {tokens:,} tokens: ask with more."
    return _within(f"{opening}\n{fenced((chr(10) * 2).join(pieces))}", [], foot, tokens)


def find(memory: Memory, asker: Asker, asked: FindArguments, tokens: int, job: Job) -> str:
    """The sessions that a search finds, a page of them. Raises ``BadQuery``."""
    matches = memory.episodes.find(EpisodeQuery(text=asked.query), job)
    ids = memory.visibility.seen(asker.reader, matches.window(0, len(matches)))
    page = ids[asked.cursor : asked.cursor + asked.limit]
    opening = f"Earlier sessions, newest first. {DATA}"
    left = tokens - tokens_in(opening) - _FENCES - _FOOT
    lines: list[str] = []
    for episode in memory.episodes.get(page):
        line = _line(episode)
        left -= tokens_in(line) + 1
        if left < 0:
            break
        lines.append(line)
    following = asked.cursor + len(lines)
    foot = f"{_counted(len(ids))}; {len(lines)} shown"
    if following < len(ids) and lines:
        foot += f"; cursor {following}"
    text = f"{opening}\n{fenced(chr(10).join(lines))}" if lines else ""
    return _within(text, [], foot, tokens)


def propose_note(memory: Memory, asker: Asker, asked: ProposeNoteArguments) -> str:
    """Hold a text until a person accepts it. Raises ``BadQuery`` for one that says nothing."""
    proposed = memory.proposals.propose(
        asked.text,
        asked.because,
        agent=asker.reader.agent or asker.client,
        session=asker.session,
        project=asker.reader.project,
    )
    return proposed.sentence


def _without_text(recalled: Recall, project: str) -> str:
    if not recalled.hits:
        return _NOTHING.format(', or scope="everywhere"' if project else "")
    sessions = _counted(len(recalled.hits))
    return f"{sessions} would answer, and none has room: ask with more tokens.\n"


def _foot(recalled: Recall, text: str, tokens: int) -> str:
    number = "not recorded" if recalled.id is None else f"recall {recalled.id}"
    foot = f"{number} · {tokens_in(text):,} of {tokens:,} tokens"
    shown = set(recalled.context.episode_ids)
    for hit in recalled.hits:
        if hit.episode.id in shown and hit.steps:
            step = hit.steps[0].seq + 1
            return f"{foot} · more: read_steps(episode={hit.episode.id}, first={step})"
    return foot


def _within(text: str, notes: Sequence[str], foot: str, tokens: int) -> str:
    """A text, what is to be noted of it as far as there is room, and its last line."""
    left = tokens - tokens_in(text) - tokens_in(foot)
    lines = []
    for note in notes:
        left -= tokens_in(note) + 1
        if left >= 0:
            lines.append(note)
    return text + "\n".join([*lines, foot])


def _facts(episode: Episode) -> list[str]:
    facts = {
        "title": episode.name[:_TITLE],
        "agent": episode.agent[:_NAME],
        "project": episode.project[:_NAME],
    }
    return [f"> {name}: {quoted_line(fact)}" for name, fact in facts.items() if fact]


def _step(step: Step) -> str:
    words = [step.source.value, _moment(step.at)]
    words += ["failed"] if StepFlag.ERROR & step.flags else []
    words += ["only what compression kept"] if StepFlag.ABRIDGED & step.flags else []
    head = f"step {step.seq + 1}, {', '.join(filter(None, words))}:"
    return "\n".join([head, *filter(None, map(_part, step.parts))])


def _part(part: Part) -> str:
    name = part.name if part.kind is PartKind.CALL else ""
    text = quoted(f"{name} {part.text}" if name else part.text)
    if part.kind is PartKind.MESSAGE or not text:
        return text
    return f"{part.kind.value}{' (failed)' if part.is_error else ''}:\n{text}"


def _line(episode: Episode) -> str:
    """A session in a list: number, day, agent, project, outcome, what it is called."""
    facts: tuple[Any, ...] = (
        f"episode {episode.id}",
        _moment(episode.started_at)[:10],
        episode.agent[:_NAME],
        episode.project[-_NAME:],
        episode.outcome.value,
        episode.name[:_TITLE],
    )
    return "> " + quoted_line(" · ".join(filter(None, facts)))


def _moment(at: int | None) -> str:
    moment = None if at is None else local_time.local(at)
    return "" if moment is None else moment.isoformat(" ", "seconds")


def _counted(sessions: int) -> str:
    return "1 session" if sessions == 1 else f"{sessions:,} sessions"
