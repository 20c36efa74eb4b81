"""A session about one task: look, reproduce, go astray, find the cause, fix, report."""

from __future__ import annotations

import random

from hpm_engine.sample.acts import Hands
from hpm_engine.sample.project import DeadEnd, Fact, Task
from hpm_engine.sample.script import Act, Recorder, SessionScript
from hpm_engine.sample.subagent import Subagents
from hpm_engine.sample.voice import Voice
from hpm_engine.sample.workspace import Workspace


class TaskSession:
    """A session about one task in a project's workspace, recorded in a script."""

    def __init__(self, script: SessionScript, task: Task, space: Workspace) -> None:
        self._random = random.Random(f"session:{script.key}")
        self._task, self._space = task, space
        self._record = Recorder(script, self._random)
        self._hands = Hands(space, self._random)
        self._voice = Voice(self._random)
        self._module = space.module(task.module)
        self._path = self._module.path
        self._near = self._random.sample(space.project.modules, 3)
        self._test = ""
        self._subagents = Subagents(script, space) if script.agent == "claude-code" else None

    def play(self, states: list[Fact], needs: list[Fact], dead_end: DeadEnd | None) -> None:
        """Play the whole session; facts are said or missed on the way."""
        self._record.ask(self._task.ask)
        self._orient()
        if self._random.random() < 0.4:
            self._stumble()
        self._reproduce()
        for fact in states:
            self._record.ask(fact.text)
        if dead_end is not None:
            self._dead_end(dead_end)
        for fact in needs:
            self._miss(fact)
        self._explore_until(self._task.size - 12)
        if self._task.end == "interrupted":
            self._record.turn(self._think("explore_thought"), "", self._hands.search(self._other()))
            self._record.stop()
            return
        self._solve()

    def resume(self, ask: str) -> None:
        """Play the second part: the person comes back and the agent brings it to an end."""
        self._test = self._task.id
        self._record.ask(ask)
        self._record.turn("", self._say("orient"), self._hands.run("git status -sb", "## main"))
        self._record.turn("", "", self._hands.read(self._path, self._task.function, 60))
        self._explore_until(self._task.size)
        self._solve()

    def _values(self, **extra: str) -> dict[str, str]:
        task, module = self._task, self._module
        return {
            "ask": task.ask.split("\n")[0].rstrip("."),
            "function": task.function,
            "path": self._path,
            "module": module.name,
            "noun": module.noun,
            "error": task.error.split("\n")[0],
            "cause": task.cause,
            "fix": task.fix,
            "other": self._other(),
            "test": self._space.test_path(module),
            **extra,
        }

    def _other(self) -> str:
        module = self._random.choice(self._near)
        return self._random.choice(module.functions).split("(")[0]

    def _say(self, occasion: str, **extra: str) -> str:
        return self._voice.say(occasion, self._values(**extra))

    _think = _say

    def _orient(self) -> None:
        hands = self._hands
        acts = [hands.search(self._task.function)]
        if self._random.random() < 0.3:
            acts.append(hands.read("README.md"))
        self._record.turn(self._say("orient_thought"), self._say("orient"), *acts)
        self._record.turn("", "", hands.read(self._path, self._task.function, 80))
        if self._task.size > 40:
            steps = (
                "Reproduce it with a test",
                "Find the cause",
                "Change the code",
                "Run the suite",
            )
            self._record.turn("", "", Act("plan", items=steps, seconds=0.1))

    def _stumble(self) -> None:
        first = self._path.rsplit("/", 1)[-1]
        guess = self._random.choice(
            [f"src/lib/{first}", f"app/{first}", f"docs/{self._module.name}.md"]
        )
        acts = [self._hands.missing(guess) if self._random.random() < 0.5 else self._hands.wrong()]
        self._record.turn("", "", *acts)
        listing = "\n".join(self._space.listing(""))
        self._record.turn(self._say("wrong_thought"), "", self._hands.run("git ls-files", listing))

    def _reproduce(self) -> None:
        test_path = self._space.test_path(self._module)
        self._record.turn("", "", self._hands.read(test_path, "", 70))
        self._test, edit = self._hands.new_test(self._module, self._task)
        self._record.turn("", self._say("reproduce"), edit)
        self._record.turn("", "", self._red())
        self._record.turn(self._say("explore_thought"), self._say("reproduced"))

    def _red(self, error: str = "") -> Act:
        return self._hands.red(self._module, self._test, error or self._task.error)

    def _dead_end(self, way: DeadEnd) -> None:
        values = {"tried": way.tried, "because": way.because}
        old, new = self._space.with_patch(self._path, self._task.function, way.patch)
        edit = self._hands.edit(self._path, old, new)
        self._record.turn(
            self._say("dead_end_thought", **values), self._say("dead_end_said", **values), edit
        )
        self._record.turn("", "", self._red(way.output))
        self._explore()
        self._record.turn(
            "", self._say("dead_end_failed", **values), self._hands.edit(self._path, new, old)
        )

    def _miss(self, fact: Fact) -> None:
        """Let the agent lack a fact that was said once; sometimes the person repeats it."""
        word = self._module.noun
        self._record.turn("", self._say("nothing_found"), self._hands.search(f"{word} convention"))
        self._explore()
        if self._random.random() < 0.5:
            self._record.ask(self._say("correction", answer=fact.answer))
            self._record.turn("", self._say("corrected", answer=fact.answer))

    def _explore_until(self, turns: int) -> None:
        asked = delegated = 0
        while self._record.turns < turns:
            if self._random.random() < 0.04 and asked < 3:
                asked += 1
                self._record.ask(self._say("person_more"))
            if self._subagents and delegated < 2 and self._random.random() < 0.05:
                delegated += 1
                self._subagents.send(self._record, self._module, self._values())
            self._explore()

    def _explore(self) -> None:
        """Look at one more function, in one of several ways."""
        module = self._random.choice([*self._near, self._module])
        name = self._random.choice(module.functions).split("(")[0]
        thought = self._voice.say("explore_thought", self._values(other=name))
        said = self._voice.say("explore", self._values(other=name))
        ways = [
            [self._hands.read(module.path, name, 45)],
            [self._hands.search(name)],
            [self._hands.read(module.path, name, 30), self._hands.search(name)],
            [self._hands.history(module.path, module.noun)],
            [self._red()] if self._test else [self._hands.wrong()],
            [self._hands.read(self._space.test_path(module), name, 40)],
            [self._hands.tests(module)],
        ]
        weights = [5, 4, 3, 2, 2, 3, 2]
        acts = self._random.choices(ways, weights)[0]
        self._record.turn(thought if self._random.random() < 0.7 else "", said, *acts)

    def _solve(self) -> None:
        task, hands = self._task, self._hands
        self._record.turn(self._say("cause_thought"), self._say("cause"))
        old, new = self._space.with_patch(self._path, task.function, task.patch)
        if new:
            self._record.turn("", self._say("fix"), hands.edit(self._path, old, new))
            if self._random.random() < 0.35:
                self._record.turn("", "", hands.slip(self._path, task.function))
                reread = hands.read(self._path, task.function, 30)
                self._record.turn(self._say("slip_thought"), "", reread)
        if task.end == "failed":
            for _ in range(3):
                self._record.turn("", "", self._red())
                self._explore()
            self._record.turn("", self._say("failed"))
            return
        self._record.turn("", "", hands.tests(self._module))
        self._record.turn("", self._say("green"), hands.tests(None))
        self._finish(old, new)

    def _finish(self, old: str, new: str) -> None:
        hands = self._hands
        self._record.turn("", self._say("done"))
        if new and self._random.random() < 0.8:
            self._record.ask(self._say("person_thanks"))
            self._record.turn("", "", hands.diff(self._path, old, new))
            message = self._say("commit")
            self._record.turn("", "", hands.commit(message))
            self._record.turn("", f"Committed: {message}.")
