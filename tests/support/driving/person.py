"""A person at the window: acts by mouse and keys alone, and the time until each is answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PATIENCE_S = 20.0
Sight = Mapping[
    str, str
]  # what is to be seen: "says", "gone", "painted", "focus", "copied", "file"


@dataclass(frozen=True, slots=True)
class Act:
    """One click, chord, drag or text; milliseconds from the event to what is seen."""

    did: str
    answer_ms: float
    progress_ms: float | None
    result_ms: float


@dataclass(slots=True)
class Task:
    """A task and the acts that it took."""

    number: int
    title: str
    acts: list[Act] = field(default_factory=list)


class Person:
    """Drives a window on a display; ``tasks`` keeps what was done."""

    def __init__(self, window: subprocess.Popen[str], display: str, pictures: Path) -> None:
        self._window, self._environment = window, {**os.environ, "DISPLAY": display}
        self._pictures = pictures  # of the window, where something is not to be seen
        self.tasks: list[Task] = []

    # -- looking ---------------------------------------------------------------------------

    def ask(self, question: str, **more: Any) -> Any:
        """What the window says of itself."""
        assert self._window.stdin is not None and self._window.stdout is not None
        self._window.stdin.write(json.dumps({"ask": question, **more}) + "\n")
        self._window.stdin.flush()
        reply = json.loads(self._window.stdout.readline())
        assert not (isinstance(reply, dict) and "failed" in reply), reply["failed"]
        return reply

    def wait(self, **sight: str) -> None:
        """Wait until something is to be seen, without acting."""
        end = time.monotonic() + _PATIENCE_S
        while not self.ask("holds", **sight):
            if time.monotonic() > end:
                raise AssertionError(f"{sight} is not to be seen in {self._shown()}")
            time.sleep(0.02)

    def find(self, **where: Any) -> tuple[int, int]:
        """The middle of what is looked for."""
        left, top, width, height = self._area(**where)
        return left + width // 2, top + height // 2

    def _area(self, **where: Any) -> tuple[int, int, int, int]:
        end = time.monotonic() + _PATIENCE_S
        while not (area := self.ask("where", **where)):
            if time.monotonic() > end:
                raise AssertionError(f"{where} is not among {self._shown()}")
            time.sleep(0.02)
        return tuple(area)

    def _shown(self) -> list[str]:
        self.ask("picture", file=str(self._pictures / "failed.png"))
        return sorted({text[:120] for text in self.ask("says") if text})

    # -- acting ----------------------------------------------------------------------------

    def begin(self, number: int, title: str) -> None:
        """Begin a task."""
        self.tasks.append(Task(number, title))

    def go(self, chord: str, **sight: str) -> None:
        """Go where a task begins: no act of it."""
        self._focus()
        self._xdotool("key", chord)
        self.wait(**sight)

    def click(
        self,
        answer: Sight,
        result: Sight | None = None,
        *,
        held: str = "",
        at: float = 0.5,
        **where: Any,
    ) -> None:
        """Click on something; ``at`` is how far from its left edge, ``held`` a key."""
        left, top, width, height = self._area(**where)
        x, y = left + round(width * at), top + height // 2
        keys = (["keydown", held], ["keyup", held]) if held else ([], [])
        self._act(
            f"click {' '.join(map(str, where.values()))}",
            answer,
            result,
            ["mousemove", str(x), str(y), *keys[0], "click", "1", *keys[1]],
        )

    def press(self, chord: str, answer: Sight, result: Sight | None = None) -> None:
        """Press a key, or several at once."""
        self._act(chord, answer, result, ["key", "--clearmodifiers", chord])

    def type(self, text: str, answer: Sight, result: Sight | None = None) -> None:
        """Type a text as one act; its time counts from the last key."""
        did = f"type {len(text)} keys"
        self._act(did, answer, result, ["type", "--delay", "8", text])

    def _act(self, did: str, answer: Sight, result: Sight | None, command: list[str]) -> None:
        self._focus()
        watched = self.ask("watch", answer=dict(answer), result=dict(result or answer))
        assert not watched["already"], f"{did}: {answer} is to be seen before the act"
        self._xdotool(*command)
        end = time.monotonic() + _PATIENCE_S
        while (seen := self.ask("seen")).get("result") is None or seen.get("answer") is None:
            if time.monotonic() > end:
                raise AssertionError(f"{did}: of {answer}, {result} only {seen}: {self._shown()}")
            time.sleep(0.02)
        act = Act(did, seen["answer"], seen.get("progress"), seen["result"])
        self.tasks[-1].acts.append(act)

    def _focus(self) -> None:
        """Give the window or dialog on top the keys, as a window manager would."""
        top = self.ask("top")
        if not top["popup"]:
            self._xdotool("windowfocus", "--sync", str(top["id"]))

    def _xdotool(self, *command: str) -> None:
        done = subprocess.run(
            ["xdotool", *command], env=self._environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def person(display: str, home: Path, *arguments: str) -> Iterator[Person]:
    """A person before the program, which has a home folder of its own.

    Where something is not to be seen, ``failed.png`` in that folder shows what was.
    """
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(home),
        "HPM_CONFIG_DIR": str(home / "config"),
        "HPM_DATA_DIR": str(home / "data"),
        "HPM_CACHE_DIR": str(home / "cache"),
        "HPM_LOG": "off",
    }
    command = [sys.executable, "-m", "tests.support.driving.driven_window", *arguments]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as window:
        try:
            yield Person(window, display, home)
        finally:
            assert window.stdin is not None
            window.stdin.close()
            try:
                window.wait(30)
            except subprocess.TimeoutExpired:
                window.kill()


def table(tasks: list[Task]) -> str:
    """The tasks as lines: acts, the milliseconds of each answer, seconds in all."""
    lines = [f"{'task':<52} acts  answers in ms (~ progress shown)        total s"]
    for task in tasks:
        answers = ", ".join(
            f"{act.answer_ms:.0f}" + ("~" if act.progress_ms is not None else "")
            for act in task.acts
        )
        total = sum(act.result_ms for act in task.acts) / 1000
        name = f"{task.number:>2} {task.title}"
        lines.append(f"{name:<52} {len(task.acts):>4}  {answers:<40} {total:>6.1f}")
    return "\n".join(lines)
