"""Sessions of many hours: one change carried through every function of a project."""

from __future__ import annotations

import random
import re

from hpm_engine.sample.acts import Hands
from hpm_engine.sample.project import Fact, Module, Task
from hpm_engine.sample.script import Act, Recorder, SessionScript
from hpm_engine.sample.subagent import Subagents
from hpm_engine.sample.voice import Voice
from hpm_engine.sample.workspace import Workspace

_COMPACT_AFTER = 290  # turns
# The later rounds' changes to each function, with the agent's words about them.
_LATER = {
    "python": [
        ('span = trace("{name}")', "{name}: traced, so that the port can be timed."),
        ("await check_cancelled()", "{name} can be cancelled now."),
        ('log.debug("{name} begins", extra=span.fields())', "A line in the log for {name}."),
        ("trace = trace or Trace.current()", "{name} takes its trace from outside."),
    ],
    "typescript": [
        ("const span = trace('{name}');", "{name}: measured from here on."),
        ("assertOnMainThread('{name}');", "{name} says where it may run."),
        ("span.note(settings.version);", "The settings' version in the span of {name}."),
        ("const { signal } = currentScope();", "{name} stops with its scope."),
        ("untracked(() => span.note('{name}'));", "{name} reads without subscribing."),
        ("using guard = batch();", "{name} notifies once."),
    ],
    "rust": [
        ('let _span = tracing::debug_span!("{name}").entered();', "{name} has a span."),
        ('let here = Place::of("{name}");', "{name} knows its place in the message."),
        ("debug_assert!(settings().is_loaded());", "A debug assertion in {name}."),
        ("let settings = Settings::shared();", "{name} no longer reads the global."),
    ],
}


class LongSession:
    """A session of refactoring, function by function and then call site by call site."""

    def __init__(self, script: SessionScript, task: Task, space: Workspace, again: bool) -> None:
        change = space.project.transform
        self._name = change.again_name if again else change.name
        self._pattern = re.compile(change.again_from if again else change.source)
        self._target = change.again_to if again else change.target
        self._ask = change.ask_again if again else change.ask
        self._note = change.say
        self._task, self._space = task, space
        self._random = random.Random(f"long:{script.key}")
        self._record = Recorder(script, self._random)
        self._hands = Hands(space, self._random)
        self._voice = Voice(self._random)
        self._subagents = Subagents(script, space) if script.agent == "claude-code" else None
        later = _LATER[space.project.language]
        self._later = later[3:] if again else later[:3]
        self._finished = self._since_compaction = 0
        self._total = sum(len(module.functions) for module in space.project.modules)

    def play(self, needs: list[Fact]) -> None:
        """Play until the task's size is reached."""
        modules = self._space.project.modules
        self._record.ask(self._ask)
        plan = tuple(f"{module.path}: {self._name}" for module in modules)
        self._record.turn(
            f"{self._total} functions in {len(modules)} modules. A plan by module, lowest layer "
            "first, so that every step in between can be tested.",
            f"I'll go through {len(modules)} modules, lowest layer first.",
            Act("plan", items=plan, seconds=0.1),
        )
        for fact in needs:
            self._record.turn("", "", self._hands.search(fact.id.split("-")[0]))
        rounds = 0
        while self._record.turns < self._task.size:
            for number, module in enumerate(modules):
                self._module(module, rounds)
                if self._record.turns >= self._task.size:
                    break
                self._between(module, plan, number + 1)
            rounds += 1
        self._record.turn("", "", self._hands.tests(None))
        self._record.turn(
            "", f"{self._name[:1].upper()}{self._name[1:]} is complete. {self._report()}"
        )

    def _values(self, module: Module, name: str) -> dict[str, str]:
        other = self._random.choice(self._space.project.modules)
        return {
            "function": name,
            "path": module.path,
            "module": module.name,
            "noun": module.noun,
            "other": self._random.choice(other.functions).split("(")[0],
            "count": str(self._random.randrange(2, 7)),
            "done": str(min(self._finished, self._total)),
            "total": str(self._total),
            "cause": self._task.cause,
        }

    def _module(self, module: Module, rounds: int) -> None:
        for signature in module.functions:
            if self._record.turns >= self._task.size:
                return
            name = signature.split("(")[0]
            self._function(module, name, rounds)
            self._finished += 1
            self._compact_if_due(module)

    def _function(self, module: Module, name: str, rounds: int) -> None:
        values, voice, hands = self._values(module, name), self._voice, self._hands
        look = [hands.read(module.path, name, 36)]
        if self._random.random() < 0.4:
            look.append(hands.search(name))
        self._record.turn(voice.say("move_thought", values), voice.say("move_said", values), *look)
        self._change(module, name, rounds)
        for _ in range(self._random.choice([0, 1, 1, 2])):
            caller = self._random.choice(self._space.project.modules)
            site = self._random.choice(caller.functions).split("(")[0]
            self._record.turn("", "", hands.read(caller.path, site, 24))
        if self._random.random() < 0.16:
            error = self._task.error
            self._record.turn("", "", hands.red(module, name, error))
            self._record.turn(
                voice.say("move_red_thought", values), "", hands.read(module.path, name, 20)
            )
        self._record.turn("", voice.say("move_green", values), hands.tests(module, 3.0))

    def _change(self, module: Module, name: str, rounds: int) -> None:
        before = self._space.function(module.path, name)
        head = before.split("\n")[0]
        new_head = self._pattern.sub(self._target, head, count=1)
        if rounds == 0 and head and new_head != head:
            said = self._note.format(function=name) if self._random.random() < 0.3 else ""
            self._record.turn("", said, self._hands.edit(module.path, head, new_head))
        elif before and 0 < rounds <= len(self._later):
            patch, said = self._later[rounds - 1]
            old, new = self._space.with_patch(module.path, name, patch.replace("{name}", name))
            said = said.format(name=name)
            self._record.turn("", said, self._hands.edit(module.path, old, new))

    def _between(self, module: Module, plan: tuple[str, ...], done: int) -> None:
        values = self._values(module, module.functions[0].split("(")[0])
        message = f"{self._name}: {module.name}".capitalize()
        self._record.turn("", self._voice.say("report_back", values), self._hands.commit(message))
        self._record.turn("", "", Act("plan", items=plan, done=done, seconds=0.1))
        if self._random.random() < 0.45:
            self._record.ask(self._voice.say("person_long", values))
        if self._random.random() < 0.3:
            self._record.pause(self._random.randrange(12, 70))
        if self._subagents and self._random.random() < 0.13:
            self._subagents.send(self._record, module, values)

    def _compact_if_due(self, module: Module) -> None:
        self._since_compaction = self._since_compaction or self._record.turns
        if self._record.turns - self._since_compaction < _COMPACT_AFTER:
            return
        self._since_compaction = self._record.turns
        summary = (
            f"This session is being continued from a previous conversation that ran out of "
            f"context.\n\n1. Request: {self._ask}\n2. State: {self._report()}\n3. Working in "
            f"{module.path}; each function is changed, its call sites follow, then the module's "
            f"tests run and one commit per module is made.\n4. Known trouble: "
            f"{self._task.error.splitlines()[0]}, because {self._task.cause}. Remedy: "
            f"{self._task.fix}.\n5. Next: go on with the functions left in {module.name}."
        )
        self._record.compact(summary, self._random.randrange(148_000, 168_000))

    def _report(self) -> str:
        return f"{min(self._finished, self._total)} of {self._total} functions are through."
