"""The half of the shapes that is reported; two of them are known to be judged wrongly."""

from __future__ import annotations

from hpm_engine.evaluation.usage.script import FOLDER, Script
from hpm_engine.evaluation.usage.shapes import Scene, Shape, checked, crowd, go_on, task
from hpm_engine.values.recall import Use
from hpm_engine.words.own_quotation import DATA


def _prints_part(script: Script, scene: Scene) -> None:
    script.run(f"sed -n '1,80p' {scene.given.file}", "import os\n")
    script.run(f"cat > {scene.given.file} <<'EOF'\nprint(1)\nEOF", "")


def _runs_among(script: Script, scene: Scene) -> None:
    script.run("git log --oneline -3", "abc first")
    script.run(f"cd {FOLDER} && FAST=1 {scene.given.command} 2>&1 | tail -5", "ok")


def _greps_name(script: Script, scene: Scene) -> None:
    script.run(f"grep -rn {scene.given.name} .", f"./lib/core.py:12: def {scene.given.name}")
    script.read("lib/core.py", f"def {scene.given.name}():\n    ...\n")


def _keeps_to_words(script: Script, scene: Scene) -> None:
    script.read("lib/core.py", "class Core: ...\n")
    script.edit("lib/core.py", "def total(self):\n    return self.amount_cents  # integer cents\n")
    script.run("git commit -qam 'Amounts as integer cents'", "")


def _globs(script: Script, scene: Scene) -> None:
    script.call("Glob", crowd(scene.given.file, scene.given.sibling), pattern="**/*.py")
    script.edit(scene.given.file, "w = 4")


def _asks_and_does(script: Script, scene: Scene) -> None:
    shown = f'> Bash: {{"command": "./dev/{scene.given.folder}-replay --{scene.given.option}"}}'
    script.call(
        "mcp__hpm__read_steps",
        f"Steps of an earlier session. {DATA}\n~~~\nepisode {scene.episode_id}\n{shown}\n~~~",
        episode=scene.episode_id,
        first=2,
    )
    script.run(f"./dev/{scene.given.folder}-replay --{scene.given.option}", "ok")


def _writes_option(script: Script, scene: Scene) -> None:
    script.call(
        "Write",
        "written",
        file_path=f"{FOLDER}/config/local.toml",
        content=f"[works]\n{scene.given.option} = 250\n",
    )


def _speaks_of_it(script: Script, scene: Scene) -> None:
    script.say(
        f"An earlier session changed {scene.given.file}. That was a different problem, so I leave"
        " it alone."
    )
    go_on(script, scene)


def _told_later(script: Script, scene: Scene) -> None:
    script.run("git status", "nothing to commit")
    script.prompt(f"It is in {scene.given.file}; `{scene.given.command}` shows it")
    script.read(scene.given.file, "...")
    script.run(scene.given.command, "ok")


def _traced(script: Script, scene: Scene) -> None:
    script.run(
        "make check",
        f'Traceback:\n  File "{FOLDER}/{scene.given.file}", line 3, in {scene.given.name}\n',
        failed=True,
    )
    script.read(scene.given.file, "...")
    script.edit(scene.given.file, f"def {scene.given.name}(): return 1")


def _everybodys(script: Script, scene: Scene) -> None:
    script.read("app.py", "import app\n")
    script.run("make check", "passed")
    script.run("python tools/setup_works.py --all", "ok")
    script.edit("app.py", "load_works_config()\n")


def _globs_and_greps(script: Script, scene: Scene) -> None:
    script.call("Glob", crowd(scene.given.file, scene.given.sibling), pattern="**/*.py")
    script.call("Grep", f"{FOLDER}/{scene.given.file}", pattern=scene.given.folder)
    script.read(scene.given.file, "...")
    script.edit(scene.given.file, "r = 4")


def _looks_into_folder(script: Script, scene: Scene) -> None:
    script.run(f"ls {scene.given.folder}", f"{scene.given.file}\n{scene.given.sibling}")
    script.edit(scene.given.file, "t = 6")


def _varies_command(script: Script, scene: Scene) -> None:
    program = " ".join(scene.given.command.split()[:2])
    script.run(f"{program} --all --jobs 4", "ok")


def _as_anybody(script: Script, scene: Scene) -> None:
    go_on(script, scene)
    script.run(scene.given.usual, "ok")


def _patches(script: Script, scene: Scene) -> None:
    script.run("git status", "nothing to commit")
    patch = f"*** Begin Patch\n*** Update File: {scene.given.file}\n@@\n+u = 1\n*** End Patch"
    script.run(f"apply_patch <<'EOF'\n{patch}\nEOF", "Done")


def _answers_by_name(script: Script, scene: Scene) -> None:
    script.say(f"That is `{scene.given.name}`.")


def _passes_option(script: Script, scene: Scene) -> None:
    script.read("app.py", "import app\n")
    script.run(f"python app.py --set {scene.given.option}=40", "ok")


def _against_the_note(script: Script, scene: Scene) -> None:
    script.read("lib/core.py", "class Core: ...\n")
    script.edit("lib/core.py", "def total(self) -> float:\n    return float(self.amount)\n")


def _asks_again(script: Script, scene: Scene) -> None:
    script.call(
        "mcp__hpm__recall",
        f"Records of earlier sessions, found by search. {DATA}\n~~~\n[1] episode"
        f" {scene.episode_id}\n> changed: {scene.given.file}\n~~~",
        about=f"{scene.given.folder} {scene.given.name}",
    )
    go_on(script, scene)


def _status_names_it(script: Script, scene: Scene) -> None:
    script.run("git status --short", f" M {scene.given.file}")
    script.run(f"git diff {scene.given.file}", f"-def {scene.given.name}():\n+pass")
    script.run(f"git checkout {scene.given.file}", "")


def _large_edit(script: Script, scene: Scene) -> None:
    words = "order basket price amount parcel stock invoice value checkout customer address total"
    lines = [f"    {word} = self.{word}_of(line)" for word in words.split()]
    script.edit("lib/core.py", "def fill(self, line):\n" + "\n".join(lines))


def _same_name_elsewhere(script: Script, scene: Scene) -> None:
    name = scene.given.file.rpartition("/")[2]
    script.run("git diff --stat HEAD~1", f" vendor/{name} | 2 +-\n 1 file changed")
    script.read(f"vendor/{name}", "...")
    script.edit(f"vendor/{name}", "v = 5")


def _says_at_the_end(script: Script, scene: Scene) -> None:
    go_on(script, scene)
    script.say(f"Done. {scene.given.file}, which an earlier session changed, stayed as it was.")


HELD_OUT = (
    Shape("prints a part of the file", task, _prints_part, Use.USED),
    Shape("runs the command among others", checked, _runs_among, Use.USED),
    Shape("looks for the name", task, _greps_name, Use.USED),
    Shape("keeps to the note's words", task, _keeps_to_words, Use.IGNORED, Use.USED),
    Shape("globs, then takes the file", task, _globs, Use.USED),
    Shape("asks for the steps and does them", task, _asks_and_does, Use.USED),
    Shape("sets the option", task, _writes_option, Use.USED),
    Shape("patches the file", task, _patches, Use.USED),
    Shape("answers by the name", task, _answers_by_name, Use.USED),
    Shape("passes the option", task, _passes_option, Use.USED),
    Shape("goes against the note", task, _against_the_note, Use.IGNORED),
    Shape("asks recall again", task, _asks_again, Use.IGNORED),
    Shape("the repository names it", task, _status_names_it, Use.IGNORED),
    Shape("looks into the folder first", task, _looks_into_folder, Use.USED),
    Shape("runs it with other arguments", checked, _varies_command, Use.USED),
    Shape("does as anybody would", task, _as_anybody, Use.IGNORED),
    Shape("speaks of it", task, _speaks_of_it, Use.LOOKED_AT),
    Shape("a person names it later", task, _told_later, Use.IGNORED),
    Shape("an error names it", task, _traced, Use.IGNORED),
    Shape("what every session does", task, _everybodys, Use.IGNORED),
    Shape("globs, then searches", task, _globs_and_greps, Use.IGNORED),
    Shape("a large change", task, _large_edit, Use.IGNORED),
    Shape("a file of that name elsewhere", task, _same_name_elsewhere, Use.IGNORED),
    Shape("says at the end", task, _says_at_the_end, Use.LOOKED_AT),
)
