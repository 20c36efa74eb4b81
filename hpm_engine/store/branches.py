"""The branches of a session: what a session met again is to those that the store has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from hpm_engine.store.continuation import (
    StepWording,
    holds,
    is_within,
    marked_copied,
    stored_units,
    stored_words,
    units_of,
    wordings,
)
from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import LEARNED
from hpm_engine.store.rows.declaration import Columns
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource
from hpm_engine.values.renderings import RENDERINGS

GoesOn = Callable[[int | None], bool]
_NOT_ASKED = StepFlag.COPIED | StepFlag.INJECTED | StepFlag.DEMONSTRATION
_MOST_WORDINGS = 100_000  # steps of branches whose words are kept in memory
_NAME = 12  # hex digits of a step's digest that name a branch


def _is_new(source_id: int | None) -> bool:
    return False


class Arrival(msgspec.Struct):
    """What is known of the source that a draft comes from.

    ``goes_on`` tells whether its bytes begin with all of a stored source's, ``begins`` whether a
    stored source's begin with all of its; ``done`` are the episodes that it has written;
    ``met``: the store had it before, superseded by another.
    """

    goes_on: GoesOn = _is_new
    begins: GoesOn = _is_new
    done: set[int] = msgspec.field(default_factory=set)
    met: bool = False


class Branch(msgspec.Struct, frozen=True):
    """A stored episode of a session; ``session_key`` is "" of the first."""

    id: int
    key: str
    session_key: str
    digest: bytes
    steps: int
    source_id: int | None


_BRANCH = Columns(
    Branch,
    {
        "id": "id",
        "key": "key",
        "session_key": "session_key",
        "digest": "digest",
        "steps": "steps",
        "source_id": "source_id",
    },
)


class BranchChoice(msgspec.Struct, frozen=True):
    """What to do with a draft: extend ``branch`` by ``steps``, leave it, or begin a new one."""

    steps: Iterable[EncodedStep]
    branch: Branch | None = None
    older: bool = False  # an earlier state of the branch


class Branches:
    """Finds a session's branches, and tells them apart. Reads only."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps
        self._known_words: dict[tuple[int, bytes], list[StepWording]] = {}

    def of(self, format_: str, key: str) -> list[Branch]:
        """A session's episodes, the first one first."""
        sql = f"SELECT {_BRANCH.sql} FROM episodes WHERE format = ?"
        rows = self._db.rows(f"{sql} AND key = ?", (format_, key))
        rows += self._db.rows(
            f"{sql} AND session_key = ? AND session_key <> '' ORDER BY id", (format_, key)
        )
        return _BRANCH.values(rows)

    def elsewhere(self, format_: str, key: str) -> Branch | None:
        """The same session under another format: the original of a rendering, or a rendering."""
        originals = RENDERINGS.get(format_)
        renderings = tuple(name for name, of in RENDERINGS.items() if format_ in of)
        formats = renderings if originals is None else originals
        marks = ", ".join("?" * len(formats))
        sql = f"SELECT {_BRANCH.sql} FROM episodes WHERE format IN ({marks}) AND key = ? LIMIT 1"
        found = _BRANCH.values(self._db.rows(sql, (*formats, key))) if formats else []
        return found[0] if found else None

    def choose(
        self, stored: Sequence[Branch], steps: Iterable[EncodedStep], arrival: Arrival
    ) -> BranchChoice:
        """Tell what a draft's steps are to the branches that the store has of its session.

        Bytes that begin with all of a branch's are that branch, grown, whatever its reader makes
        of them now. Else it is that branch of which nothing was lost on the way.
        """
        grown = [
            branch
            for branch in stored
            if branch.id not in arrival.done and arrival.goes_on(branch.source_id)
        ]
        if len(grown) == 1:
            return self._onto(grown[0], steps, stored)
        for branch in stored:
            if arrival.begins(branch.source_id):
                return BranchChoice(steps, branch, older=True)
        whole = list(steps)
        self._steps.flush()  # an earlier file of this batch may have begun the session
        choice = self._by_digests(whole, stored) or self._by_words(whole, stored, arrival.met)
        if choice is None and grown:
            return self._onto(grown[0], whole, stored)
        return choice or BranchChoice(self._marked(whole, stored, None))

    def _onto(
        self, branch: Branch, steps: Iterable[EncodedStep], stored: Sequence[Branch]
    ) -> BranchChoice:
        marked = self._marked(list(steps), stored, branch) if branch.session_key else steps
        return BranchChoice(marked, branch)

    def _by_digests(
        self, steps: list[EncodedStep], stored: Sequence[Branch]
    ) -> BranchChoice | None:
        """The branch whose steps begin the draft's, or begin with them."""
        marked, worded = steps, wordings(steps) if len(stored) > 1 else []
        for number, branch in enumerate(stored):
            if number:  # what the branches before this one have is marked as copied
                marked = marked_copied(marked, worded, self._words(stored[number - 1]))
            mine = marked if branch.session_key else steps
            known = [digest for digest, _, _ in self._steps.known(branch.id)]
            new = [step.digest for step in mine]
            if new[: len(known)] == known:
                return BranchChoice(mine, branch)
            if known[: len(new)] == new:
                return BranchChoice(mine, branch, older=True)
        return None

    def _by_words(
        self, steps: list[EncodedStep], stored: Sequence[Branch], met: bool
    ) -> BranchChoice | None:
        """The branch all of which is in the draft, or in which all of the draft is."""
        units = units_of(steps)
        older: BranchChoice | None = None
        for branch in stored:
            known = stored_units(self._steps.steps(branch.id, 0, None), branch.steps - 1)
            within = is_within(units, known)
            adds_nothing = within and (met or self._stays(branch))
            if holds(units, known) and len(steps) >= branch.steps and not adds_nothing:
                return self._onto(branch, steps, stored)
            if older is None and within:
                older = BranchChoice(steps, branch, older=True)
        return older

    def _stays(self, branch: Branch) -> bool:
        """Whether a copy that says nothing more changes nothing, though it is spelled otherwise.

        Else what was compressed or learned would be lost, and what was evicted would come back.
        """
        sql = f"SELECT e.pinned OR e.kept_share IS NOT NULL OR {LEARNED} FROM episodes e"
        return bool(self._db.value(f"{sql} WHERE e.id = ?", (branch.id,)))

    def _marked(
        self, steps: Sequence[EncodedStep], stored: Sequence[Branch], branch: Branch | None
    ) -> list[EncodedStep]:
        """The steps, those that earlier branches have marked as copied."""
        worded = wordings(steps)
        for other in stored:
            if branch is not None and other.id == branch.id:
                break
            steps = marked_copied(steps, worded, self._words(other))
        return list(steps)

    def _words(self, branch: Branch) -> list[StepWording]:
        """The words of a branch's steps; those of one session stay in memory, within bounds."""
        known = branch.id, branch.digest
        if (words := self._known_words.get(known)) is not None:
            return words
        self._steps.flush()  # an earlier file of this batch may have written it
        words = stored_words(self._steps.each(branch.id, branch.steps))
        if sum(map(len, self._known_words.values())) + len(words) > _MOST_WORDINGS:
            self._known_words.clear()
        self._known_words[known] = words
        return words


def branch_key(key: str, steps: Sequence[EncodedStep], taken: Sequence[Branch]) -> str:
    """A second branch's own key: the session's, and the first step that is its own."""
    own = (step for step in steps if not step.draft.flags & StepFlag.COPIED)
    first: Any = next(own, steps[-1] if steps else None)
    name = "" if first is None else first.digest.hex()
    keys = {branch.key for branch in taken}
    length = _NAME
    while f"{key}#{name[:length]}" in keys and length < len(name):
        length += 1
    own_key = f"{key}#{name[:length]}"
    return own_key if own_key not in keys else f"{own_key}.{len(taken)}"


def own_task(draft: EpisodeDraft, steps: Sequence[EncodedStep]) -> str:
    """What the person asked for first on a branch of its own; the session's task, if nothing."""
    if not any(step.draft.flags & StepFlag.COPIED for step in steps):
        return draft.task
    for step in steps:
        if step.draft.source is StepSource.USER and not step.draft.flags & _NOT_ASKED:
            for part in step.draft.parts:
                if part.kind is PartKind.MESSAGE and part.text.strip():
                    line = " ".join(part.text[:4000].split())
                    return line if len(line) <= 200 else line[:199] + "…"
    return draft.task
