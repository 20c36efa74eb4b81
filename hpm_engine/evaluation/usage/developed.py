"""The half of the shapes that the weights were tuned on."""

from __future__ import annotations

from hpm_engine.evaluation.usage.script import Script
from hpm_engine.evaluation.usage.shapes import Scene, Shape, checked, crowd, go_on, task
from hpm_engine.values.recall import Use
from hpm_engine.words.own_quotation import DATA


def _edits(script: Script, scene: Scene) -> None:
    script.run("git status", "nothing to commit")
    script.read(scene.given.file, f"def {scene.given.name}():\n    ...\n")
    script.edit(scene.given.file, "    return None\n")
    script.run("make check", "passed")


def _runs(script: Script, scene: Scene) -> None:
    script.say("First the check that is known.")
    script.run(scene.given.command, "1 failed", failed=True)
    script.edit(scene.other.file, "x = 1")


def _writes_name(script: Script, scene: Scene) -> None:
    script.read("app.py", "import app\n")
    script.edit("app.py", f"from lib import {scene.given.name}\n\n{scene.given.name}()\n")
    script.run("make check", "passed")


def _follows_tool(script: Script, scene: Scene) -> None:
    script.read("app.py", "import app\n")
    script.edit("app.py", "value = 2\n")
    script.run("uv run pytest -q", "2 passed")


def _lists_first(script: Script, scene: Scene) -> None:
    script.run("find . -name '*.py'", crowd(scene.given.file, scene.other.file))
    script.read(scene.given.file, "...")
    script.edit(scene.given.file, "y = 2")


def _lists_and_looks(script: Script, scene: Scene) -> None:
    script.run("git ls-files", crowd(scene.given.file, scene.other.file))
    script.read(scene.other.file, "...")
    script.read(scene.other.sibling, "...")
    script.read(scene.given.file, "...")
    script.edit(scene.other.file, "q = 2")


def _answers(script: Script, scene: Scene) -> None:
    script.say(f"It was port {scene.given.number}, as an earlier session found.")


def _sets_aside(script: Script, scene: Scene) -> None:
    script.think(f"What was recalled of {scene.given.file} is not relevant here.")
    go_on(script, scene)


def _named_by_prompt(script: Script, scene: Scene) -> None:
    script.read(scene.given.file, "...")
    script.edit(scene.given.file, "z = 3")
    script.run(scene.given.command, "passed")


def _finds_itself(script: Script, scene: Scene) -> None:
    script.run(
        f"grep -rln {scene.given.folder} .", f"./{scene.given.file}\n./{scene.given.sibling}"
    )
    script.read(scene.given.file, f"def {scene.given.name}():\n    ...\n")
    script.edit(scene.given.file, f"def {scene.given.name}():\n    return 0\n")


def _reads_of_it(script: Script, scene: Scene) -> None:
    script.read("README.md", f"# Works\n\nRun `{scene.given.command}` and `make check`.\n")
    script.run(scene.given.command, "passed")


def _only_asks(script: Script, scene: Scene) -> None:
    script.call(
        "mcp__hpm__read_steps",
        f"Steps of an earlier session. {DATA}\n~~~\nepisode {scene.episode_id}, 4 steps\n~~~",
        episode=scene.episode_id,
    )
    go_on(script, scene)


def _knew_before(script: Script, scene: Scene) -> None:
    script.read(scene.given.file, f"def {scene.given.name}():\n    ...\n")
    script.run(scene.given.command, "passed")


DEVELOPED = (
    Shape("edits the file", task, _edits, Use.USED),
    Shape("runs the command", checked, _runs, Use.USED),
    Shape("writes the name", task, _writes_name, Use.USED),
    Shape("follows the note's tool", task, _follows_tool, Use.IGNORED, Use.USED),
    Shape("lists, then takes the file", task, _lists_first, Use.USED),
    Shape("answers by the number", lambda scene: f"Port? {scene.given.task}", _answers, Use.USED),
    Shape("lists, and looks at others first", task, _lists_and_looks, Use.IGNORED),
    Shape("sets it aside", task, _sets_aside, Use.IGNORED),
    Shape("other work", task, go_on, Use.IGNORED),
    Shape(
        "the prompt names it",
        lambda scene: f"{scene.given.task}. See {scene.given.file}, `{scene.given.command}`",
        _named_by_prompt,
        Use.IGNORED,
    ),
    Shape("finds it itself", task, _finds_itself, Use.IGNORED),
    Shape("reads of the command", checked, _reads_of_it, Use.IGNORED),
    Shape("only asks for the steps", task, _only_asks, Use.LOOKED_AT),
    Shape("did it before", task, _knew_before, Use.IGNORED, before=_knew_before),
)
