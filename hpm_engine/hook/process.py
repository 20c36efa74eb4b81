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
    started = time.perf_counter()
    out = _own_output()
    agent, store = (*arguments, "", "")[:2]
    run_ = HookRun(time.time_ns() // 1000, agent, "", store)
    deadline = _Deadline(started, run_)
    text = ""
    try:
        event = event_of(agent, _read())
        deadline.run = run_ = msgspec.structs.replace(run_, event=event.name, session=event.session)
        if event.kind is EventKind.END and event.may_take_long:
            deadline.extend(_IMPORT_SECONDS)
        text, run_ = _handled(event, Path(store), run_)
    except BaseException as error:  # the boundary to the agent: it must not notice
        run_ = msgspec.structs.replace(run_, failure=type(error).__name__)
    if not deadline.over():
        return 0
    if text:
        os.write(out, text.encode())
    if not event_is_check(run_):
        add_run(msgspec.structs.replace(run_, ms=_ms(started)))
    return 0


def event_is_check(run_: HookRun) -> bool:
    """Whether somebody only tries the hook."""
    return run_.session == "hpm-check"


def _handled(event: Event, store: Path, run_: HookRun) -> tuple[str, HookRun]:
    # The engine is loaded within the time that the hook has, and only for an event that needs it.
    from hpm_engine.hook.handing import Handing
    from hpm_engine.hook.leaving import keep_session

    if event.kind is EventKind.END:
        keep_session(store, event)
        return "", run_
    if event.kind is EventKind.OTHER:
        return "", run_
    given = Handing(store, event).given()
    return answer(event, given.text), msgspec.structs.replace(
        run_, tokens=given.tokens, episodes=given.episodes
    )


class _Deadline:
    """Ends the process in silence once its time is over."""

    def __init__(self, started: float, run_: HookRun) -> None:
        self.run = run_
        self._started = started
        self._lock = threading.Lock()
        self._over = False
        self._timer = self._start(_seconds())

    def extend(self, seconds: float) -> None:
        """Let it take so long from the beginning on."""
        self._timer.cancel()
        self._timer = self._start(seconds)

    def over(self) -> bool:
        """Stop watching; ``False`` where the time was over first."""
        with self._lock:
            self._timer.cancel()
            return not self._over

    def _start(self, seconds: float) -> threading.Timer:
        left = max(0.0, seconds - (time.perf_counter() - self._started))
        timer = threading.Timer(left, self._end)
        timer.daemon = True
        timer.start()
        return timer

    def _end(self) -> NoReturn:
        with self._lock:
            self._over = True
            failure = msgspec.structs.replace(
                self.run, failure="the time was over", ms=_ms(self._started)
            )
            add_run(failure)
            # Nothing else may keep the process: a write under way is undone when the store is
            # opened next.
            os._exit(0)


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


def _ms(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 1)
