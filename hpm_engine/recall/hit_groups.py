"""The hits of a ranking: episodes that nearly equal each other are one, as long as it takes."""

from __future__ import annotations

import msgspec

from hpm_engine.recall.alike import COMPARED, LAST, READ, Work, groups_of, work_of
from hpm_engine.recall.fusion import Ranking
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.values.episodes import Episode

_AHEAD = 3  # times as many candidates as hits are looked at, and twice that where many are alike
_MOST = 512  # looked at


class HitGroup(msgspec.Struct, frozen=True):
    """An episode with its rank, and those that it stands for, with theirs.

    ``answer`` is the position of its last answer, where it stands for others and has one.
    """

    rank: int
    episode: Episode
    others: tuple[tuple[int, Episode], ...] = ()
    answer: int | None = None


class HitGroups:
    """Finds the hits of one store's rankings."""

    def __init__(self, index: RecallIndex, episodes: EpisodeRows, steps: StepRows) -> None:
        self._index, self._episodes, self._steps = index, episodes, steps

    def single(self, ranking: Ranking, k: int) -> list[HitGroup]:
        """The first ``k`` candidates, each for itself."""
        return [HitGroup(*group) for group in self._known(ranking, ranking.best(k))]

    def merged(self, ranking: Ranking, k: int) -> list[HitGroup]:
        """The first ``k`` hits, where nearly equal candidates are one."""
        works: dict[int, Work] = {}

        def read(episode: Episode) -> Work:
            if episode.id not in works:
                works[episode.id] = self._read(episode)
            return works[episode.id]

        looked_at = min(_AHEAD * k, max(k, _MOST))
        while True:
            known = self._known(ranking, ranking.best(looked_at))
            ranks = {episode.id: rank for rank, episode in known}
            changed = self._index.changed_by(ranks)
            scores = {episode.id: float(ranking.ties[rank]) for rank, episode in known}
            groups = groups_of([episode for _, episode in known], scores, changed, read)
            if len(groups) >= k or len(known) < looked_at or looked_at >= _MOST:
                break
            looked_at = min(2 * looked_at, _MOST)
        hits = []
        for first, *others in groups[:k]:
            alike = tuple((ranks[episode.id], episode) for episode in others)
            answer = read(first).answer if alike else None
            hits.append(HitGroup(ranks[first.id], first, alike, answer))
        return hits

    def _known(self, ranking: Ranking, ranks: list[int]) -> list[tuple[int, Episode]]:
        ids = ranking.ids[ranks].tolist()
        episodes = {episode.id: episode for episode in self._episodes.get(ids)}
        there = zip(ranks, ids, strict=True)
        return [(rank, episodes[key]) for rank, key in there if key in episodes]

    def _read(self, episode: Episode) -> Work:
        steps = self._steps.steps(episode.id, 0, min(READ, episode.steps), COMPARED)
        if episode.steps > READ:
            last = self._steps.steps(episode.id, max(READ, episode.steps - LAST), None, COMPARED)
            steps = [*steps, *last]
        return work_of(episode, steps)
