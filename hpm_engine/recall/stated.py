"""What people said in a project for later sessions too, as an agent is given it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from statistics import fmean, pstdev

import msgspec

from hpm_engine.recall.meaning import Meaning
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.store.search.said_steps import said_steps
from hpm_engine.values.episodes import PartKind
from hpm_engine.values.recall import RecallScope
from hpm_engine.words.lasting import LEAST, SURE, lasting
from hpm_engine.words.own_quotation import is_own_quotation

_EPISODES = 400  # the latest, that are looked through
_MESSAGES = 600  # the latest of them; 100 take 5 ms
_LONGEST = 1_500  # bytes of a message: more is pasted in
_MOST = 40  # statements: no block has room for more
_TOGETHER = 7  # statements compared at a time: for more the encoder makes a table of 31 MB
_REPEATED = 0.7  # of the words of a statement, that another has which it repeats
_WORD = re.compile(r"\w+")
_SUREST = 3.0  # beyond which nothing is surer
_LIKENESS = 0.5  # what a standard deviation of likeness to the cue counts beside sureness
_TASK = 2.5  # less sure: what a session was begun with is about that session


class Stating(msgspec.Struct, frozen=True, gc=False):
    """What a person said that is meant for later sessions, and where. Text of a trace."""

    episode_id: int
    seq: int
    text: str
    at: int | None  # when its session began
    sureness: float  # by its wording: 2 and more for what is said of all cases


class Stated:
    """The statements of people in sessions. Reads inside the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows, meaning: Meaning) -> None:
        self._db = database
        self._scope = ScopeRows(database)
        self._steps = steps
        self._meaning = meaning

    def within(self, cue: str, scope: RecallScope, without: Sequence[int]) -> list[Stating]:
        """What an agent is given that asks in its project, the best first; [] for a person.

        How it is said decides first, then how near it is to the cue; of the same words the latest
        count. What subagents were told does not: an agent said it. Sessions that the rules of
        visibility keep from ``scope.reader`` are not looked into.
        """
        if scope.reader is None or not scope.project:
            return []
        members = self._scope.members(msgspec.structs.replace(scope, top_level=True), without)
        times = self._scope.times(members)
        latest = nlargest(_EPISODES, members, key=lambda key: (times.get(key, 0), key))
        statements = self._read(latest, times)
        asked = _bare(cue)
        known = {
            bare: statement
            for statement in sorted(statements, key=lambda each: (each.at or 0, each.seq))
            if (bare := _bare(statement.text)) not in asked
        }
        return self._ranked(cue, _without_repeats(list(known.values())))

    def _read(self, episodes: Sequence[int], times: Mapping[int, int]) -> Iterable[Stating]:
        places = said_steps(self._db, episodes, _LONGEST, _MESSAGES)
        first: dict[int, int] = {}
        for episode_id, seq in places:  # the last come first
            first[episode_id] = seq
        for step in self._steps.chosen(places):
            text = "\n\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
            if is_own_quotation(text):
                continue
            statement, sureness = lasting(text)
            if step.seq == first[step.episode_id]:
                sureness -= _TASK
            if sureness >= LEAST:
                at = times.get(step.episode_id) or None
                yield Stating(step.episode_id, step.seq, statement, at, sureness)

    def _ranked(self, cue: str, statements: Sequence[Stating]) -> list[Stating]:
        texts = [each.text for each in statements]
        likeness: list[float] = []
        for start in range(0, len(texts), _TOGETHER):
            likeness += self._meaning.likeness(cue, texts[start : start + _TOGETHER])
        mean = fmean(likeness) if likeness else 0.0
        spread = pstdev(likeness) if likeness else 0.0
        worth = {
            index: min(each.sureness, _SUREST)
            + (_LIKENESS * (likeness[index] - mean) / spread if spread else 0.0)
            for index, each in enumerate(statements)
        }
        best = nlargest(_MOST, worth, key=lambda index: (worth[index], index))
        # Where nobody states rules, what may be one is none: no more of these than of sure ones.
        unsure = sum(each.sureness >= SURE for each in statements)
        given = []
        for index in best:
            if statements[index].sureness < SURE:
                unsure -= 1
                if unsure < 0:
                    continue
            given.append(statements[index])
        return given


def _without_repeats(statements: Sequence[Stating]) -> list[Stating]:
    """All but those that only say again what a longer one says: of its words most, all numbers."""
    words = [frozenset(_WORD.findall(each.text.casefold())) for each in statements]
    numbers = [{word for word in own if not word.isalpha()} for own in words]

    def repeats(index: int, other: int) -> bool:
        mine, its = words[index], words[other]
        return (
            len(mine) < len(its)
            and numbers[index] <= its
            and len(mine & its) >= _REPEATED * len(mine)
        )

    every = range(len(statements))
    return [
        statements[index] for index in every if not any(repeats(index, other) for other in every)
    ]


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())
