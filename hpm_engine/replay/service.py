"""Asks past sessions again: what ``Memory.replay`` is."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from hpm_engine.config import HOOK_TOKENS
from hpm_engine.job import Job
from hpm_engine.recall.service import RecallService
from hpm_engine.recall.weights import PartName
from hpm_engine.replay.cases import (
    Help,
    HelpCase,
    RecallReplay,
    ReplayComparison,
    ReplayedSession,
    Way,
    WayShare,
)
from hpm_engine.replay.session_facts import ReplayFacts, facts_of, names
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.values.episodes import Episode
from hpm_engine.values.recall import ContextBlock, RecallOptions, RecallScope, Weight

_HITS = 5
# Which of some earlier episodes answer a prompt: the context block of those chosen.
Choose = Callable[[str, Sequence[int], Episode], ContextBlock]


class ReplayRecall:
    """What ``Memory.replay`` is. Reads alone: nothing that it asks is recorded.

    Each session is asked again with its first prompt, and only sessions that had ended before it
    began may answer. How rare a word is, all sessions of the store tell, later ones too.
    """

    def __init__(
        self, database: Database, recall: RecallService, episodes: EpisodeRows, steps: StepRows
    ) -> None:
        self._db, self._recall = database, recall
        self._episodes, self._steps = episodes, steps
        self._scope = ScopeRows(database)

    def run(
        self, job: Job | None = None, latest: int | None = None, choose: Choose | None = None
    ) -> RecallReplay:
        """Ask the ``latest`` sessions again (all by default). Raises ``Cancelled``.

        ``choose`` stands in for recall: benchmarks compare simpler ways with it.
        """
        ways = {Way.RECALL: choose or self._recalled}
        return self._run(job or Job(), latest, ways)[Way.RECALL]

    def compare(self, job: Job | None = None, latest: int | None = None) -> ReplayComparison:
        """The same, and beside it what simpler ways could have told. Raises ``Cancelled``."""
        ways: dict[Way, Choose] = {
            Way.RECALL: self._recalled,
            Way.WORDS: self._by_words,
            Way.LATEST: lambda prompt, earlier, _: self._told(prompt, earlier[-_HITS:]),
            Way.RANDOM: lambda prompt, earlier, _: self._told(
                prompt, random.Random(prompt).sample(list(earlier), min(_HITS, len(earlier)))
            ),
        }
        replays = self._run(job or Job(), latest, ways)
        shares = [
            WayShare(way, replay.helped_sessions, len(replay.sessions))
            for way, replay in replays.items()
        ]
        return ReplayComparison(replays[Way.RECALL], tuple(shares))

    def _run(
        self, job: Job, latest: int | None, ways: Mapping[Way, Choose]
    ) -> dict[Way, RecallReplay]:
        with self._db.reading():
            ids = self._scope.members(RecallScope(top_level=True), ())
            episodes = self._episodes.get(ids)
        dated = [episode for episode in episodes if episode.started_at is not None]
        dated.sort(key=lambda episode: (episode.started_at or 0, episode.id))
        asked = dated[-latest:] if latest else dated
        facts: dict[int, ReplayFacts] = {}
        sessions: dict[Way, list[ReplayedSession]] = {way: [] for way in ways}
        for number, episode in enumerate(reversed(asked)):
            earlier = [
                other.id
                for other in dated
                if (other.ended_at or other.started_at or 0) < (episode.started_at or 0)
                and other.project == episode.project
            ]
            for way, choose in ways.items():
                job.step(number, len(asked), "asking past sessions again", "sessions")
                session = self._replayed(episode, earlier, facts, choose)
                if session is not None:
                    sessions[way].append(session)
        without = len(episodes) - len(dated)
        return {
            way: RecallReplay(tuple(held), without + len(asked) - len(held))
            for way, held in sessions.items()
        }

    def _replayed(
        self,
        episode: Episode,
        earlier: Sequence[int],
        facts: dict[int, ReplayFacts],
        choose: Choose,
    ) -> ReplayedSession | None:
        own = self._facts(episode.id, facts)
        if not earlier or not own.prompt.strip():
            return None
        block = choose(own.prompt, earlier, episode)
        given = {key: self._facts(key, facts) for key in block.episode_ids}
        cases = (*_files(own, block), *_commands(own, block, given))
        named = [case.text for case in cases if case.help is Help.FILE]
        saved = max((own.first_named.get(path, 0) for path in named), default=0)
        return ReplayedSession(
            episode.id,
            episode.name,
            len(earlier),
            block.episode_ids,
            block.tokens,
            cases,
            own.agent_steps,
            saved,
        )

    def _recalled(self, prompt: str, earlier: Sequence[int], episode: Episode) -> ContextBlock:
        scope = RecallScope(among=tuple(earlier))
        options = RecallOptions(budget=HOOK_TOKENS.value, record=False)
        return self._recall.recall(prompt, _HITS, scope, (), options).context

    def _by_words(self, prompt: str, earlier: Sequence[int], _: Episode) -> ContextBlock:
        scope = RecallScope(among=tuple(earlier))
        weights = (Weight(PartName.WORDS, 1.0),)
        options = RecallOptions(budget=HOOK_TOKENS.value, record=False, weights=weights)
        return self._recall.recall(prompt, _HITS, scope, (), options).context

    def _told(self, prompt: str, chosen: Sequence[int]) -> ContextBlock:
        """What a reader would be told of sessions that were chosen otherwise."""
        scope = RecallScope(among=tuple(chosen))
        options = RecallOptions(budget=HOOK_TOKENS.value, record=False, alike_once=False)
        return self._recall.recall(prompt, _HITS, scope, (), options).context

    def _facts(self, episode_id: int, known: dict[int, ReplayFacts]) -> ReplayFacts:
        if episode_id not in known:
            with self._db.reading():
                steps = self._steps.steps(episode_id, 0, None)
                folder = self._episodes.folder(episode_id)
            known[episode_id] = facts_of(steps, folder)
        return known[episode_id]


def _files(own: ReplayFacts, block: ContextBlock) -> list[HelpCase]:
    return [
        HelpCase(Help.FILE, path, block.episode_ids)
        for path in own.files
        if names(block.text, path) and not names(own.prompt, path)
    ]


def _commands(
    own: ReplayFacts, block: ContextBlock, given: dict[int, ReplayFacts]
) -> list[HelpCase]:
    cases = []
    for help_, mine in ((Help.COMMAND, own.passed), (Help.FAILURE, own.failed)):
        for command in mine:
            if command not in block.text or command in own.prompt:
                continue
            sources = tuple(
                key
                for key, facts in given.items()
                if command in (facts.passed if help_ is Help.COMMAND else facts.failed)
            )
            if sources:
                cases.append(HelpCase(help_, command, sources))
    return cases
