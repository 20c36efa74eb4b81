"""The process of one hook: one event in, one answer out at most, within its time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from hpm_engine.connecting.hook_log import HookRun, add_run
from hpm_engine.hook.events import Event, EventKind, answer, event_of

_SECONDS = 1.5  # of a hook for which the agent waits; HPM_HOOK_SECONDS gives slow machines more
_IMPORT_SECONDS = 25.0  # of one for which it does not
_LARGEST = 1024 * 1024  # bytes of an event


def run(arguments: Sequence[str]) -> int:
    """Answer one event. Never fails: the status is 0, and what went wrong is in the hooks' log."""
    agent, store = (*arguments, "", "")[:2]
    process = _Process(agent, store)
    process.answer()
    return 0


class _Process:
    """What is known of this run so far. One of two threads ends it: the work, or the clock."""

    def __init__(self, agent: str, store: str) -> None:
        self._started = time.perf_counter()
        self._out = _own_output()
        self._run = HookRun(time.time_ns() // 1000, agent, "", store)
        self._check = False
        self._lock = threading.Lock()
        self._ended = False
        self._timer = self._clock(_seconds())

    def answer(self) -> None:
        """Read the event, and write the answer if there is still time."""
        text = ""
        try:
            event = event_of(self._run.agent, _read())
            self._check = event.check
            self._run = msgspec.structs.replace(self._run, event=event.name, session=event.session)
            if event.kind is EventKind.END and event.may_take_long:
                self._timer.cancel()
                self._timer = self._clock(_IMPORT_SECONDS)
            text = self._handled(event)
        except BaseException as error:  # the boundary to the agent: it must not notice
            self._run = msgspec.structs.replace(self._run, failure=type(error).__name__)
        self._end(text)

    def _handled(self, event: Event) -> str:
        # The engine is loaded within the time that the hook has, and only for what needs it.
        from hpm_engine.hook.handing import Handing
        from hpm_engine.hook.leaving import keep_session

        if event.kind is EventKind.END:
            keep_session(Path(self._run.store), event)
        if event.kind in (EventKind.END, EventKind.OTHER):
            return ""
        handout = Handing(Path(self._run.store), event).handout()
        self._run = msgspec.structs.replace(
            self._run, tokens=handout.tokens, episodes=handout.episodes
        )
        return answer(event, handout.text)

    def _clock(self, seconds: float) -> threading.Timer:
        left = max(0.0, seconds - (time.perf_counter() - self._started))
        timer = threading.Timer(left, self._time_is_over)
        timer.daemon = True
        timer.start()
        return timer

    def _time_is_over(self) -> NoReturn:
        self._run = msgspec.structs.replace(self._run, failure="the time was over")
        self._end("")
        # Nothing else may keep the process: a write under way is undone when the store is opened
        # next.
        os._exit(0)

    def _end(self, text: str) -> None:
        """Write what is to be told, once."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._timer.cancel()
            ms = round(1000 * (time.perf_counter() - self._started), 1)
            run_ = msgspec.structs.replace(self._run, ms=ms)
            if self._check:
                os.write(self._out, msgspec.json.encode(run_))
                return
            if text:
                os.write(self._out, text.encode())
            add_run(run_)


def _seconds() -> float:
    try:
        return max(_SECONDS, float(os.environ.get("HPM_HOOK_SECONDS", "")))
    except ValueError:
        return _SECONDS


def _own_output() -> int:
    """Standard output for the answer alone: what libraries print there or as errors is dropped."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return out


def _read() -> bytes:
    pieces, size = [], 0
    while size <= _LARGEST and (piece := os.read(0, 65_536)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
