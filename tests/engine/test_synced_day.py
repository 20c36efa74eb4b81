"""Twenty-four hours of a computer: at their end a store that was kept up to date has it all.

Whatever became of files, disks, clocks and programs meanwhile, it holds what one import makes of
the files at the end.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.syncer import Syncer
from hpm_engine.values.episodes import EpisodeQuery
from tests.support.files.growing_session import GrowingSession

_DAY = 24 * 3600.0  # s
_MOST = 8  # sessions
_FOLDERS = ("a", "b/c", "d")
_PASSES = (0.5, 1.0, 2.0, 5.0, 40.0, 900.0)  # s between two looks

Told = dict[str, list[tuple[str, list[str]]]]


def told(memory: Memory) -> Told:
    """The texts of every session with who says them, step by step."""
    ids = memory.episodes.find(EpisodeQuery()).window(0, 1000)
    return {
        episode.key: [
            (step.source.value, [part.text for part in step.parts])
            for step in memory.steps.read(episode.id)
        ]
        for episode in memory.episodes.get(ids)
    }


class Keeper:
    """A program that keeps the store up to date when it is its turn."""

    def __init__(self, store: Path, clock: Callable[[], float]) -> None:
        self._stack = ExitStack()
        self.memory = self._stack.enter_context(open_memory(store))
        self.syncer = Syncer(clock, mains=lambda: int(clock()) % 10 > 0)  # on battery now and then

    def look(self) -> None:
        report = self.syncer.keep(self.memory, Job())
        assert report is None or not report.failures, report

    def end(self) -> None:
        self.syncer.let_go()
        self._stack.close()


class Day(RuleBasedStateMachine):
    """The files of an agent on a disk, a clock, and two programs that keep one store."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp(prefix="hpm-day-"))
        self.sources, self.away = self.folder / "sessions", self.folder / "away"
        self.sources.mkdir()
        self.store = self.folder / "kept.hpm"
        self.began = self.now = time.time()
        self.sessions: list[GrowingSession] = []
        self.cut: set[int] = set()  # those whose file holds less than was written once
        self.words = 0
        with open_memory(self.store, create=True) as memory:
            memory.chosen.add(self.sources)
        self.keepers = [Keeper(self.store, lambda: self.now) for _ in range(2)]

    @property
    def is_there(self) -> bool:
        return self.sources.exists()

    def _some(self, number: int) -> GrowingSession:
        return self.sessions[number % len(self.sessions)]

    def _grow(self, session: GrowingSession, lines: int) -> None:
        for _ in range(lines):
            self.words += 1
            session.prompt(f"ask {self.words}", self.began + self.words)

    # -- files ---------------------------------------------------------------------------------

    @precondition(lambda self: self.is_there and len(self.sessions) < _MOST)
    @rule(folder=st.sampled_from(_FOLDERS), lines=st.integers(1, 3))
    def new_session(self, folder: str, lines: int) -> None:
        key = f"{len(self.sessions):08}-1111-4222-8333-444444444444"
        session = GrowingSession(self.sources / folder / f"{key}.jsonl", key)
        self.sessions.append(session)
        self._grow(session, lines)
        session.write()

    @precondition(lambda self: self.is_there and self.sessions)
    @rule(number=st.integers(0, _MOST))
    def append(self, number: int) -> None:
        session = self._some(number)
        if self.sessions.index(session) not in self.cut:
            self._grow(session, 1)
            session.append()

    @precondition(lambda self: self.is_there and self.sessions)
    @rule(number=st.integers(0, _MOST), lines=st.integers(0, 3), at_once=st.booleans())
    def write_anew(self, number: int, lines: int, at_once: bool) -> None:
        session = self._some(number)
        self._grow(session, lines)
        (session.replace if at_once else session.write)()
        self.cut.discard(self.sessions.index(session))

    @precondition(lambda self: self.is_there and self.sessions)
    @rule(number=st.integers(0, _MOST), share=st.floats(0, 0.99))
    def truncate(self, number: int, share: float) -> None:
        session = self._some(number)
        whole = session.text()
        session.write(whole[: int(len(whole) * share)])
        self.cut.add(self.sessions.index(session))

    @precondition(lambda self: self.is_there and self.sessions)
    @rule(number=st.integers(0, _MOST), folder=st.sampled_from(_FOLDERS), name=st.integers(0, 9))
    def rename(self, number: int, folder: str, name: int) -> None:
        session = self._some(number)
        new = self.sources / folder / f"moved-{name}.jsonl"
        if not new.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            session.path.rename(new)
            session.path = new

    @precondition(lambda self: self.is_there and self.sessions and len(self.sessions) < _MOST)
    @rule(number=st.integers(0, _MOST))
    def rotate(self, number: int) -> None:
        """The file gets another name, and another session begins under the one that it had."""
        old = self._some(number)
        path = old.path
        new = path.with_name(f"{path.stem}-{len(self.sessions)}.jsonl")
        path.rename(new)
        old.path = new
        session = GrowingSession(path, f"{len(self.sessions):08}-1111-4222-8333-444444444444")
        self.sessions.append(session)
        self._grow(session, 2)
        session.write()

    @precondition(lambda self: self.is_there and len(self.sessions) > 1)
    @rule(first=st.integers(0, _MOST), second=st.integers(0, _MOST))
    def swap(self, first: int, second: int) -> None:
        """Two files change names: each path holds another session, with another file's times."""
        one, other = self._some(first), self._some(second)
        if one is not other:
            between = one.path.with_name("between~")
            one.path.rename(between)
            other.path.rename(one.path)
            between.rename(other.path)
            one.path, other.path = other.path, one.path

    # -- disks and clocks ----------------------------------------------------------------------

    @precondition(lambda self: self.is_there)
    @rule()
    def unmount(self) -> None:
        self.sources.rename(self.away)

    @precondition(lambda self: not self.is_there)
    @rule()
    def mount(self) -> None:
        self.away.rename(self.sources)

    @precondition(lambda self: not self.is_there)
    @rule()
    def mount_empty(self) -> None:
        """The point where the disk is mounted is there, and nothing in it, for a while."""
        self.sources.mkdir()
        self._pass(20)
        self.sources.rmdir()

    @rule(jump=st.sampled_from((-30_000.0, -7_200.0, -30.0, 61.0, 7_200.0, 30_000.0)))
    def sleep_or_jump(self, jump: float) -> None:
        self.now += jump

    # -- programs ------------------------------------------------------------------------------

    @rule(passes=st.lists(st.sampled_from(_PASSES), min_size=1, max_size=6))
    def look(self, passes: list[float]) -> None:
        for seconds in passes:
            self._pass(seconds)

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        """A program ends, and begins anew: what it did not write into the store is forgotten."""
        self.keepers[which].end()
        self.keepers[which] = Keeper(self.store, lambda: self.now)

    @rule(which=st.integers(0, 1))
    def sync(self, which: int) -> None:
        """A person says so, whosever turn it is."""
        Syncer(lambda: self.now, mains=lambda: True).sync(self.keepers[which].memory)

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        for keeper in self.keepers:
            keeper.look()

    @invariant()
    def nothing_is_there_twice_or_made_up(self) -> None:
        """At each moment a session has a beginning of what was written to it, and that once."""
        if not hasattr(self, "keepers"):
            return
        written = {
            session.key: [f"ask {word}" for word in _words(session)] for session in self.sessions
        }
        for key, steps in told(self.keepers[0].memory).items():
            texts = [text for _, texts in steps for text in texts]
            assert written[key][: len(texts)] == texts, key

    def teardown(self) -> None:
        if not hasattr(self, "keepers"):
            return
        try:
            self._end_the_day()
        finally:
            for keeper in self.keepers:
                keeper.end()
            shutil.rmtree(self.folder)

    def _end_the_day(self) -> None:
        if not self.is_there:
            self.away.rename(self.sources)
        for number in sorted(self.cut):
            self.sessions[number].write()
        while self.now < self.began + _DAY:
            self._pass(1800)
        for _ in range(3):
            self._pass(400)
        kept = told(self.keepers[0].memory)
        assert self.keepers[0].memory.audit.verify().broken_at is None
        with open_memory(self.folder / "once.hpm", create=True) as memory:
            memory.import_paths([self.sources])
            assert kept == told(memory)
        assert kept.keys() == {session.key for session in self.sessions}


def _words(session: GrowingSession) -> list[str]:
    return [line.rpartition('"content": "ask ')[2].partition('"')[0] for line in session.lines]


Day.TestCase.settings = settings(max_examples=12, stateful_step_count=40, deadline=None)
TestDay = Day.TestCase
