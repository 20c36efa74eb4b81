"""Writing episodes: new ones whole, known ones only where they changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hpm_engine.errors import LimitExceeded
from hpm_engine.job import Job
from hpm_engine.store.branches import Arrival, Branch, Branches, branch_key, own_task
from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.store.episode_totals import Comparison, Totals
from hpm_engine.store.erasure.holes import ErasureHoles
from hpm_engine.store.erasure.left_sessions import LeftSession, LeftSessions
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import unsettle
from hpm_engine.store.rows.compressed import follow, forget_outdated
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.rows.projects import ProjectRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows
from hpm_engine.store.search.copied_words import CopiedWords
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome
from hpm_engine.values.renderings import RENDERINGS

_TITLES = ("title", "agent_title")


class Written(msgspec.Struct, frozen=True):
    """What writing one episode came to. Digests are hex; ``before`` is "" for a new one."""

    episode_id: int
    added: bool
    steps_added: int
    before: str
    after: str
    old_source: int | None
    older: bool = False  # the draft was an earlier state: nothing was written
    branch_of: str = ""  # the session that a new episode is a second branch of
    left: LeftSession | None = None  # a person deleted or erased it: nothing was written

    @property
    def changed(self) -> bool:
        """Whether the store differs now."""
        return self.before != self.after


class EpisodeWriter:
    """Writes drafts into a store, inside the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db = database
        self._steps = steps
        self._branches = Branches(database, steps)
        self._projects = ProjectRows(database)
        self._copied = CopiedWords(database, steps)
        self._left = LeftSessions(database)
        self.holes = ErasureHoles(database)
        self.again = False  # a person wants back what was erased

    def write(
        self,
        draft: EpisodeDraft,
        steps: Iterable[EncodedStep],
        job: Job,
        arrival: Arrival | None = None,
    ) -> Written:
        """Store an episode, or what is new of one that the store knows by its key.

        An earlier state of a known episode changes nothing. What does not go on from what is
        stored under its key never rewrites it: it becomes a second branch of the session.
        Steps given as a list are taken to be complete; a generator may still fail, and then
        nothing of it stays.
        """
        if (left := self.left(draft)) is not None:
            for _ in steps:  # a reader may learn from them what it needs for the next session
                job.step(0, note="passing over a deleted session", unit="steps")
            if left.erased:
                self.holes.pass_over(draft)
            key = left.episode_id
            return Written(
                key, False, 0, left.digest, left.digest, left.source_id, older=True, left=left
            )
        steps = steps if self.again else self.holes.screened(steps)
        stored = self._branches.of(draft.format, draft.key)
        if draft.format in RENDERINGS or not stored:
            other = self._branches.elsewhere(draft.format, draft.key)
            if other is not None or (stored and draft.format in RENDERINGS):
                return self._write_other(draft, list(steps), other, stored, job)
        if not stored:
            return self._add(draft, counted(steps, job), draft.key)
        choice = self._branches.choose(stored, steps, arrival or Arrival())
        known = choice.branch
        if known is None:
            return self._add_branch(draft, list(choice.steps), stored, job)
        before = known.digest.hex()
        if choice.older:
            return Written(known.id, False, 0, before, before, known.source_id, older=True)
        if known.session_key:
            choice = msgspec.structs.replace(choice, steps=list(choice.steps))
            draft.task = own_task(draft, list(choice.steps))
        if isinstance(choice.steps, list):
            after, added = self._extend(known, draft, counted(choice.steps, job))
        else:
            with self._steps.alone():
                after, added = self._extend(known, draft, counted(choice.steps, job))
        return Written(known.id, False, added, before, after, known.source_id)

    def _write_other(
        self,
        draft: EpisodeDraft,
        steps: list[EncodedStep],
        other: Branch | None,
        stored: list[Branch],
        job: Job,
    ) -> Written:
        """Write a session that the store has in another telling: one episode, the fuller one.

        ``other`` has another format: an original takes the place of its rendering, and a rendering
        adds nothing to its original. Of renderings the longest text stays.
        """
        known = other or stored[0]
        before = known.digest.hex()
        if draft.format in RENDERINGS:
            sql = "SELECT text_size FROM episodes WHERE id = ?"
            size = sum(step.text_size for step in steps)
            if other is not None or size < self._db.value(sql, (known.id,)):
                return Written(known.id, False, 0, before, before, known.source_id, older=True)
        else:
            sql = "UPDATE main.episodes SET format = ? WHERE id = ?"
            self._db.execute(sql, (draft.format, known.id))
        after, added = self._extend(known, draft, counted(steps, job))
        return Written(known.id, False, added, before, after, known.source_id)

    def left(self, draft: EpisodeDraft) -> LeftSession | None:
        """Why a draft is not to be written: a person deleted or erased its session."""
        left = self._left.of(draft.format, draft.key)
        return None if left is not None and left.erased and self.again else left

    def stored(self, draft: EpisodeDraft) -> list[Branch]:
        """The episodes that the store has of a draft's session."""
        stored = self._branches.of(draft.format, draft.key)
        other = None if stored else self._branches.elsewhere(draft.format, draft.key)
        return stored if other is None else [other]

    def go_on(
        self,
        branch: Branch,
        draft: EpisodeDraft,
        comparison: Comparison,
        new: Iterable[tuple[int, EncodedStep]],
    ) -> Written:
        """Extend a branch by the steps that a ``comparison`` with what it is now found new."""
        after, added = self.extend(branch, draft, comparison, new)
        return Written(branch.id, False, added, branch.digest.hex(), after, branch.source_id)

    def _add_branch(
        self, draft: EpisodeDraft, steps: list[EncodedStep], stored: list[Branch], job: Job
    ) -> Written:
        draft.task = own_task(draft, steps)
        key = branch_key(draft.key, steps, stored)
        written = self._add(draft, counted(steps, job), key, session_key=draft.key)
        return msgspec.structs.replace(written, branch_of=draft.key)

    def _add(
        self, draft: EpisodeDraft, steps: Iterator[EncodedStep], key: str, session_key: str = ""
    ) -> Written:
        episode_id = next_id(self._db)
        totals = Totals()
        for seq, step in enumerate(steps):
            totals.add(step)
            self._steps.add(episode_id, seq, step)
        return self.show(episode_id, draft, totals, key, session_key)

    def show(
        self,
        episode_id: int,
        draft: EpisodeDraft,
        totals: Totals,
        key: str,
        session_key: str = "",
    ) -> Written:
        """Bring an episode into view whose steps were written under a number of its own."""
        self._db.execute(
            "INSERT INTO main.episodes (id, format, key, session_key, parent_key, continues_key,"
            " raw_start, raw_size, agent, model, project, cwd, branch, task, outcome, imported_at)"
            " VALUES (?, ?, ?, ?, '', '', 0, 0, '', '', '', '', '', '', 'unknown', ?)",
            (episode_id, draft.format, key, session_key, time.time_ns() // 1000),
        )
        if self.again:
            self._left.forget(draft.format, draft.key)
        after = self._finish(episode_id, draft, totals)
        return Written(episode_id, True, totals.steps, "", after, None)

    def _extend(
        self, branch: Branch, draft: EpisodeDraft, steps: Iterator[EncodedStep]
    ) -> tuple[str, int]:
        """Write the steps from the first that differs; the new digest and how many are new."""
        self._steps.write()  # an earlier file of this batch may have begun this episode
        comparison = Comparison(self._steps.known(branch.id))
        new = ((seq, step) for seq, step in enumerate(steps) if not comparison.knows(seq, step))
        return self.extend(branch, draft, comparison, new)

    def extend(
        self,
        branch: Branch,
        draft: EpisodeDraft,
        comparison: Comparison,
        new: Iterable[tuple[int, EncodedStep]],
    ) -> tuple[str, int]:
        """Write the ``new`` steps, which ``comparison`` did not know; as ``_extend``."""
        rewriting = False
        for seq, step in new:
            if not rewriting:
                self._steps.remove_from(branch.id, seq)
                rewriting = True
            self._steps.add(branch.id, seq, step)
        totals = comparison.totals
        if not rewriting and totals.steps < len(comparison.known):
            self._steps.remove_from(branch.id, totals.steps)
            rewriting = True
        self._steps.move(branch.id, comparison.moved)
        if rewriting:
            unsettle(self._db, [branch.id])  # prototypes do not hold what is new
        if draft.outcome is Outcome.UNKNOWN:  # a label that was met before stays
            sql = "SELECT outcome FROM episodes WHERE id = ?"
            draft.outcome = Outcome(self._db.value(sql, (branch.id,)))
        same = None if rewriting else branch.digest
        return self._finish(branch.id, draft, totals, same), max(0, totals.steps - branch.steps)

    def _finish(
        self, episode_id: int, draft: EpisodeDraft, totals: Totals, same: bytes | None = None
    ) -> str:
        """Write the episode's row; ``same`` was its digest if its steps are all as they were."""
        fields: dict[str, Any] = {
            "parent_key": draft.parent_key,
            "continues_key": draft.continues_key,
            "agent": draft.agent,
            "model": draft.model,
            "project": draft.project,
            "cwd": draft.cwd,
            "branch": draft.branch,
            "task": draft.task,
            "outcome": draft.outcome,
            "started_at": totals.first if draft.started_at is None else draft.started_at,
            "ended_at": totals.last if draft.ended_at is None else draft.ended_at,
            "steps": totals.steps,
            "agent_steps": totals.agent_steps,
            "calls": totals.calls,
            "errors": totals.errors,
            "tokens_in": totals.tokens_in if draft.tokens_in is None else draft.tokens_in,
            "tokens_out": totals.tokens_out if draft.tokens_out is None else draft.tokens_out,
            "cost_usd": totals.cost if draft.cost_usd is None else draft.cost_usd,
            "text_size": totals.text_size,
        }
        titles = self._name(episode_id, draft)
        # Of an episode without any the digest is what it was before there were titles.
        fields |= {column: title for column, title in titles.items() if title}
        self._note_tools(episode_id, totals.tools - {""})
        totals.digest.update(msgspec.msgpack.encode(fields, order="sorted"))
        digest = totals.digest.digest()
        assignments = ", ".join(f"{name} = ?" for name in fields)
        self._db.execute(
            f"UPDATE main.episodes SET {assignments}, digest = ?, raw_start = ?, raw_size = ?"
            " WHERE id = ?",
            (*fields.values(), digest, draft.raw_start, draft.raw_size, episode_id),
        )
        self._projects.settle(episode_id, draft.project, draft.cwd)
        self._copied.settle(episode_id)
        if same is not None:
            follow(self._db, episode_id, same, digest)
        forget_outdated(self._db, episode_id, digest)
        return digest.hex()

    def _name(self, episode_id: int, draft: EpisodeDraft) -> dict[str, str]:
        """Store and index the names that a session has now; one from elsewhere stays."""
        sql = "SELECT title, agent_title FROM episodes WHERE id = ?"
        before = dict(zip(_TITLES, self._db.rows(sql, (episode_id,))[0], strict=True))
        if draft.title is None:
            return before
        titles = dict(zip(_TITLES, (draft.title, draft.agent_title), strict=True))
        if titles != before:
            self._db.execute(
                "UPDATE main.episodes SET title = ?, agent_title = ? WHERE id = ?",
                (*titles.values(), episode_id),
            )
            lines = "\n".join(filter(None, titles.values()))
            self._steps.name(episode_id, lines, anew=any(before.values()))
        return titles

    def _note_tools(self, episode_id: int, tools: set[str]) -> None:
        self._db.execute("DELETE FROM episode_tools WHERE episode_id = ?", (episode_id,))
        self._db.connection.executemany(
            insertion("episode_tools", ("episode_id", "tool")),
            [(episode_id, tool) for tool in sorted(tools)],
        )

    def attach(self, episode_ids: list[int], source_id: int) -> None:
        """Say which source the episodes' bytes are in."""
        self._db.connection.executemany(
            "UPDATE main.episodes SET source_id = ? WHERE id = ?",
            [(source_id, episode_id) for episode_id in episode_ids],
        )

    def within(self, source_id: int) -> set[int]:
        """The episodes in view that have their bytes in a source."""
        rows = self._db.rows("SELECT id FROM episodes WHERE source_id = ?", (source_id,))
        return {episode_id for (episode_id,) in rows}

    def is_needed(self, source_id: int) -> bool:
        """Whether any episode, in view or not, has its bytes in a source."""
        sql = "SELECT 1 FROM main.episodes WHERE source_id = ? LIMIT 1"
        return bool(self._db.value(sql, (source_id,)))


def next_id(database: Database) -> int:
    """A number that no episode has, and none that is being written; inside the transaction."""
    number: int = database.value(
        "SELECT max(coalesce((SELECT max(id) FROM main.episodes), 0),"
        " coalesce((SELECT max(episode_id) FROM unfinished), 0)) + 1"
    )
    return number


def counted(steps: Iterable[EncodedStep], job: Job) -> Iterator[EncodedStep]:
    """The steps, each told to ``job``. Raises ``LimitExceeded``."""
    for seq, step in enumerate(steps):
        if seq >= MOST_STEPS:
            raise LimitExceeded(f"an episode of more than {MOST_STEPS:,} steps")
        job.step(seq, note="writing steps", unit="steps")
        yield step
