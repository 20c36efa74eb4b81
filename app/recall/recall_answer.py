"""A question put to recall, and the rows in which its answer is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hpm_engine import (
    Alike,
    Episode,
    Memory,
    NoteHit,
    PastRecall,
    Recall,
    RecallOptions,
    RecallScope,
    ScorePart,
    StepHit,
    Use,
    UsedStep,
)


class Question(msgspec.Struct, frozen=True):
    """A question: a cue, how many episodes from where, and room for how many tokens."""

    cue: str
    k: int = 10
    scope: RecallScope = RecallScope()
    budget: int = 2_000
    record: bool = True

    def put(self, memory: Memory, without: Sequence[int] = ()) -> Recall:
        """Recall from ``memory``; raises what ``Memory.recall.ask`` does."""
        options = RecallOptions(budget=self.budget, record=self.record)
        return memory.recall.ask(self.cue, self.k, self.scope, without, options)


class HitRow(msgspec.Struct, frozen=True):
    """One recalled episode as a row; ``episode`` is None once it is gone from the store.

    ``before`` is its rank with nothing left out, 0 if it had none, None if nothing is left out.
    """

    rank: int
    episode_id: int
    name: str  # what its session is called; "" once it is gone
    score: float
    shares: tuple[tuple[str, float], ...]
    injected: bool  # whether it stands in the context block
    episode: Episode | None
    parts: tuple[ScorePart, ...] = ()
    terms: tuple[str, ...] = ()
    steps: tuple[StepHit, ...] = ()
    before: int | None = None
    alike: tuple[Alike, ...] = ()  # what it stands for
    others: str = ""  # ``alike`` in words
    use: Use | None = None  # what the session made of it that a past recall gave it to
    used_in: UsedStep | None = None  # where that is seen


class Answer(msgspec.Struct, frozen=True):
    """The answer shown: a recall made now (``recall``) or a recorded one (``past``)."""

    rows: tuple[HitRow, ...]
    recall: Recall | None = None
    past: PastRecall | None = None
    without: tuple[HitRow, ...] = ()

    @property
    def persons_cue(self) -> str:
        """What a person asked now; "" for an agent's cue, whose notes the recall itself gives."""
        recall = self.recall
        return "" if recall is None or recall.scope.reader is not None else recall.cue

    @property
    def agents_notes(self) -> Sequence[NoteHit]:
        """The notes that answer an agent, by the rules of visibility."""
        return () if self.recall is None else self.recall.noted

    @property
    def recall_id(self) -> int | None:
        """The id of the record of this recall, if there is one."""
        if self.past is not None:
            return self.past.id
        return self.recall.id if self.recall is not None else None


def answer_of(recall: Recall) -> Answer:
    """The answer of a recall, as rows."""
    given = set(recall.context.episode_ids)
    rows = tuple(
        HitRow(
            rank=rank,
            episode_id=hit.episode.id,
            name=hit.episode.name,
            score=hit.score,
            shares=tuple((part.name, part.share) for part in hit.parts),
            injected=hit.episode.id in given,
            episode=hit.episode,
            parts=hit.parts,
            terms=hit.terms,
            steps=hit.steps,
            alike=hit.alike,
            others=hit.others,
        )
        for rank, hit in enumerate(recall.hits, start=1)
    )
    return Answer(rows, recall=recall)


def compared(recall: Recall, whole: Answer, without: tuple[HitRow, ...]) -> Answer:
    """The recall without some episodes, each row with the rank that it had in the whole one."""
    ranks = {row.episode_id: row.rank for row in whole.rows}
    answer = answer_of(recall)
    rows = tuple(
        msgspec.structs.replace(row, before=ranks.get(row.episode_id, 0)) for row in answer.rows
    )
    return msgspec.structs.replace(answer, rows=rows, without=without)


def past_answer(past: PastRecall, episodes: Iterable[Episode]) -> Answer:
    """A recorded recall as rows; its steps and terms were not recorded."""
    known = {episode.id: episode for episode in episodes}
    rows = tuple(
        HitRow(
            rank=rank,
            episode_id=hit.episode_id,
            name=hit.name,
            score=hit.score,
            shares=hit.shares,
            injected=hit.injected,
            episode=known.get(hit.episode_id),
            use=hit.use if hit.injected else None,
            used_in=hit.step,
        )
        for rank, hit in enumerate(past.hits, start=1)
    )
    return Answer(rows, past=past)
