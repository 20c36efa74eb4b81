"""Short sessions: a question is asked, a few files are read, an answer is given."""

from __future__ import annotations

import random

from hpm_engine.sample.acts import Hands
from hpm_engine.sample.project import Chore
from hpm_engine.sample.script import Recorder, SessionScript
from hpm_engine.sample.voice import Voice
from hpm_engine.sample.workspace import Workspace


def play_chore(script: SessionScript, chore: Chore, space: Workspace) -> None:
    """Record a chore's session in ``script``; nothing in the workspace changes."""
    chooser = random.Random(f"chore:{script.key}")
    record, hands, voice = Recorder(script, chooser), Hands(space, chooser), Voice(chooser)
    record.ask(chore.ask)
    for name in chore.look:
        module = space.module(name)
        functions = [signature.split("(")[0] for signature in module.functions]
        values = {
            "ask": chore.ask,
            "function": functions[0],
            "path": module.path,
            "module": name,
            "noun": module.noun,
            "other": chooser.choice(functions),
        }
        record.turn(voice.say("orient_thought", values), "", hands.read(module.path, "", 150))
        for function in chooser.sample(functions, min(3, len(functions))):
            said = voice.say("explore", values | {"other": function})
            record.turn("", said, hands.search(function))
        if chooser.random() < 0.3:
            record.turn("", "", hands.wrong())
        if chooser.random() < 0.5:
            record.turn("", "", hands.history(module.path, module.noun))
    record.turn("", chore.answer)
    if chooser.random() < 0.4:
        record.ask(chooser.choice(["thanks", "ok, clear", "Good to know. That's all", "perfect"]))
        record.turn(
            "", chooser.choice(["You're welcome.", "Gladly.", "Good. Nothing was changed."])
        )
