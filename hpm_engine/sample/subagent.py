"""Subagents: short sessions that look at one thing and report back."""

from __future__ import annotations

import random

from hpm_engine.sample.acts import Hands
from hpm_engine.sample.identity import IdentifierStream
from hpm_engine.sample.project import Module, load_phrases
from hpm_engine.sample.script import Act, Recorder, SessionScript
from hpm_engine.sample.voice import Voice, fill
from hpm_engine.sample.workspace import Workspace


class Subagents:
    """The subagents of one session."""

    def __init__(self, parent: SessionScript, space: Workspace) -> None:
        self._parent, self._space = parent, space
        self._random = random.Random(f"subagents:{parent.key}")
        self._names = IdentifierStream(f"subagents:{parent.key}")
        self._phrases = load_phrases()

    def send(self, record: Recorder, module: Module, values: dict[str, str]) -> None:
        """Send out a subagent with a prompt; its work is a script inside the call."""
        kind = self._random.randrange(len(self._phrases["delegate"]))
        values = values | {"count": str(self._random.randrange(3, 19))}
        prompt = fill(self._phrases["delegate"][kind], values)
        title = fill(self._phrases["delegate_title"][kind], values)
        answer = fill(self._phrases["delegate_answer"][kind], values)
        child = SessionScript(
            key=self._names.hexadecimal(7),
            project=self._parent.project,
            home=self._parent.home,
            branch=self._parent.branch,
            repository=self._parent.repository,
            agent=self._parent.agent,
            model="claude-haiku-4-5-20251001",
            started_at=record.now + 2_000,
            title=title,
        )
        self._work(child, module, values, prompt, answer)
        seconds = (child.ended_at - child.started_at) / 1000 + 4
        record.turn(
            "",
            f"I'll have a subagent look at that: {title[:1].lower()}{title[1:]}.",
            Act("delegate", answer, command=prompt, title=title, seconds=seconds, script=child),
        )

    def _work(
        self, child: SessionScript, module: Module, values: dict[str, str], prompt: str, answer: str
    ) -> None:
        chooser = random.Random(f"subagent:{child.key}")
        record, hands, voice = Recorder(child, chooser), Hands(self._space, chooser), Voice(chooser)
        record.ask(prompt)
        record.turn("", voice.say("orient", values), hands.search(values["function"]))
        record.turn("", "", hands.read(module.path, "", 120))
        for _ in range(chooser.randrange(5, 16)):
            other = chooser.choice(self._space.project.modules)
            name = chooser.choice(other.functions).split("(")[0]
            ways = [
                [hands.read(other.path, name, 40)],
                [hands.search(name)],
                [hands.read(self._space.test_path(other), name, 30)],
                [hands.search(name), hands.history(other.path, other.noun)],
            ]
            record.turn("", voice.say("explore", values | {"other": name}), *chooser.choice(ways))
        record.turn("", answer)
