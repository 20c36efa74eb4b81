"""Checkpoints of agents' states: working memory that survives the program that saved it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from hpm_engine.config import (
    LABEL_CHARACTERS,
    STATE_BYTES,
    STATE_TEXT_CHARACTERS,
    THREAD_CHARACTERS,
)
from hpm_engine.errors import BadQuery
from hpm_engine.facade.internals import Internals
from hpm_engine.facade.state_paths import changed_paths
from hpm_engine.store.checkpoints.rows import CheckpointRows, SavedFacts
from hpm_engine.store.texts import storable
from hpm_engine.values.checkpoints import (
    Checkpoint,
    CheckpointThread,
    Forgotten,
    Keep,
    StateDifference,
)

_BYTES = "application/octet-stream"
_NOTHING = Forgotten(0, 0)


class Checkpoints:
    """What ``Memory.checkpoints`` is: states as bytes, which are stored and given back, no more.

    Every method may raise ``HPMError``. No state is decoded, parsed or unpickled, except that
    ``difference`` reads two states as JSON where both are. A state is in no search: what is to
    find it is the ``text`` that it is saved with.
    """

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = CheckpointRows(internals.database, internals.log)

    def save(
        self,
        thread: str,
        state: bytes,
        *,
        kind: str = _BYTES,
        label: str = "",
        parent: int | None = None,
        episode: int | None = None,
        step: int | None = None,
        expect: int | None = None,
        text: str = "",
    ) -> Checkpoint:
        """Save a state as the latest of a thread; it is on disk when this returns.

        ``kind`` is its media type, ``label`` what a person reads in a list. ``parent`` is the
        checkpoint that it came from, by default the latest of the thread. ``episode`` and ``step``
        (its position, from 0) say what was under way. ``expect`` is the id of the checkpoint that
        must be the latest of the thread, 0 for a thread that must be empty. ``text`` is what
        ``find`` searches.

        Raises ``HeadMoved`` where the latest is another one, ``NotFound`` for a parent, an episode
        or a step that is not there, ``BadQuery`` for an empty thread or for what is too long.
        """
        if len(state) > STATE_BYTES.value:
            raise BadQuery(
                f"A state has at most {STATE_BYTES.value:,} bytes; this one has {len(state):,}.", 0
            )
        facts = SavedFacts(
            _named(thread),
            _short(kind, "kind", LABEL_CHARACTERS.value),
            _short(label, "label", LABEL_CHARACTERS.value),
            episode,
            step,
            _short(text, "text", STATE_TEXT_CHARACTERS.value),
        )
        with self._writing():
            return self._rows.save(facts, bytes(state), parent, expect)

    def latest(self, thread: str) -> Checkpoint | None:
        """The checkpoint of a thread that was saved last, if there is one."""
        with self._db.reading():
            page = self._rows.page(storable(thread), 0, 1)
        return page[0] if page else None

    def get(self, checkpoint_id: int) -> Checkpoint:
        """A checkpoint by its id; raises ``NotFound``."""
        with self._db.reading():
            return self._rows.get(checkpoint_id)

    def state(self, checkpoint_id: int) -> bytes:
        """The bytes of a state, as they were saved. Raises ``NotFound``, ``DamagedStore``."""
        with self._db.reading():
            checkpoint = self._rows.get(checkpoint_id)
            return self._rows.states([checkpoint.id])[checkpoint.id]

    def states(self, checkpoint_ids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of many states by the ids of their checkpoints; absent ones are left out."""
        with self._db.reading():
            return self._rows.states(checkpoint_ids)

    def of(
        self, thread: str, offset: int = 0, limit: int = 200, *, label: str | None = None
    ) -> list[Checkpoint]:
        """The checkpoints of a thread, the newest first: all, or those with one label."""
        with self._db.reading():
            return self._rows.page(storable(thread), offset, limit, label)

    def of_episode(self, episode_id: int) -> list[Checkpoint]:
        """The checkpoints that were saved in an episode, the oldest first."""
        with self._db.reading():
            return self._rows.of_episode(episode_id)

    def children(self, checkpoint_id: int) -> list[Checkpoint]:
        """The checkpoints that came from one, in its thread or in others, the oldest first."""
        with self._db.reading():
            return self._rows.children(checkpoint_id)

    def threads(self, prefix: str = "") -> list[CheckpointThread]:
        """The threads, or those whose name begins so; the one that was saved to last first."""
        with self._db.reading():
            return self._rows.threads(storable(prefix))

    def heads(self, prefix: str) -> list[Checkpoint]:
        """The latest checkpoint of each thread whose name begins so, by name."""
        with self._db.reading():
            return self._rows.latest(storable(prefix))

    def find(self, words: str, limit: int = 50) -> list[Checkpoint]:
        """The checkpoints that were saved with a text which has all these words, best first."""
        with self._db.reading():
            return self._rows.find(words, limit)

    def fork(self, checkpoint_id: int, thread: str, *, expect: int | None = None) -> Checkpoint:
        """Go on from a checkpoint in another thread, or again in its own: its state, not copied.

        Raises ``NotFound``, and ``HeadMoved`` as ``save``.
        """
        name = _named(thread)
        with self._writing():
            return self._rows.fork(checkpoint_id, name, expect)

    def pin(self, checkpoint_id: int, pinned: bool = True) -> Checkpoint:
        """Have ``keep`` leave a checkpoint alone, or no longer; raises ``NotFound``."""
        with self._writing():
            return self._rows.set_pinned(checkpoint_id, pinned)

    def forget(self, what: int | str | Sequence[int]) -> Forgotten:
        """Delete a thread (by its name), or checkpoints (by their ids), for good.

        What other checkpoints share with them stays. Raises ``NotFound`` for a single checkpoint
        that is not there; a thread that is not there is nothing to forget.
        """
        with self._writing():
            if isinstance(what, str):
                everything = [each.id for each in self._rows.page(storable(what), 0, -1)]
                return self._rows.forget(everything)
            return self._rows.forget([self._rows.get(what).id] if isinstance(what, int) else what)

    def keep(self, keep: Keep, thread: str | None = None) -> Forgotten:
        """Forget the checkpoints of a thread, or of every thread, that no rule of ``keep`` keeps.

        Raises ``BadQuery`` for rules that would keep nothing, or are no numbers of something.
        """
        if keep.last is None and keep.days is None:
            raise BadQuery("Say how many checkpoints are kept, or of how many days.", 0)
        if (keep.last or 0) < 0 or not 0 <= (keep.days or 0) <= 36_500:
            raise BadQuery("Checkpoints are kept by a number of them, or of days, from 0 on.", 0)
        if self._db.read_only or self._outside(keep, thread):
            with self._writing():
                return self._rows.forget(self._rows.outside(keep, thread))
        return _NOTHING

    def difference(self, before: int, after: int) -> StateDifference:
        """Two states compared: their sizes, and where both are JSON, the places that differ.

        Raises ``NotFound``, ``DamagedStore``.
        """
        with self._db.reading():
            first, second = self._rows.get(before), self._rows.get(after)
            states = self._rows.states([first.id, second.id])
            shared = self._rows.shared(first.id, second.id)
        same = first.digest == second.digest
        paths, more = changed_paths(states[first.id], states[second.id])
        return StateDifference(first, second, same, shared, paths, more)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Calls within are one transaction: all of them are on disk when it ends, or none is."""
        with self._writing():
            yield

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Questions within are answered of one moment, whatever others save meanwhile."""
        with self._db.reading():
            yield

    def _outside(self, keep: Keep, thread: str | None) -> list[int]:
        with self._db.reading():
            return self._rows.outside(keep, thread)

    def _writing(self) -> AbstractContextManager[None]:
        inside = self._db.connection.in_transaction
        return self._db.savepoint() if inside else self._db.writing()


def _named(thread: str) -> str:
    name = _short(thread, "thread", THREAD_CHARACTERS.value)
    if not name:
        raise BadQuery(f"A thread's name has 1 to {THREAD_CHARACTERS.value} characters.", 0)
    return name


def _short(text: str, what: str, most: int) -> str:
    if len(text) > most:
        raise BadQuery(f"A checkpoint's {what} has at most {most:,} characters.", 0)
    return storable(text)
