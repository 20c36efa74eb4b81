"""The tool calls of a session: each does something to the workspace and answers truthfully."""

from __future__ import annotations

import random

from hpm_engine.sample import runner_output
from hpm_engine.sample.project import Module, Task
from hpm_engine.sample.script import Act
from hpm_engine.sample.workspace import Workspace, unified

# Failures outside of tests: the beginnings of their texts, and the commands that print them.
_SHOWN_BY = {
    "psql:": "psql \"$STAGING_URL\" -c 'select 1'",
    "Seq Scan": "psql -f scripts/explain_berths.sql",
    "=======": "pytest -q --durations=5",
    "dist/assets": "pnpm build",
    "fatal:": "git log --oneline v4.2..HEAD",
    "ERR_PNPM": "pnpm install --frozen-lockfile",
    "alembic": "alembic upgrade head",
    "real": "time cargo run --release -- scan /mnt/archive",
    "error[": "cargo check --all-targets",
    "error: ": "cargo test",
    "src/": "npx tsc --noEmit",
    "tidewater/": "mypy --strict tidewater",
}
_SUBJECTS = (
    "Split {} out",
    "Rename for clarity",
    "Handle missing {}",
    "Speed up {} lookup",
    "First version of {}",
    "Keep {} and its state together",
    "Add tests for {}",
)


class Hands:
    """The tool calls of a session against one project's workspace."""

    def __init__(self, space: Workspace, chooser: random.Random) -> None:
        self.space = space
        self._random = chooser

    def read(self, path: str, around: str = "", count: int = 60) -> Act:
        """Read a file, or a window around the first line that contains ``around``."""
        total = self.space.length(path)
        start = max(1, self.space.line_of(path, around) - 6) if around else 1
        return Act(
            "read",
            output=self.space.window(path, start, count),
            path=path,
            start=start,
            total=total,
            seconds=0.1,
        )

    def missing(self, path: str) -> Act:
        """Read a file that is not there."""
        return Act("read", output=f"File does not exist: {path}", ok=False, path=path, seconds=0.1)

    def search(self, text: str) -> Act:
        """Search all files for a text."""
        return Act("search", items=tuple(self.space.search(text)), command=text, seconds=0.2)

    def run(self, command: str, output: str, ok: bool = True, seconds: float = 1.2) -> Act:
        """Run a shell command."""
        return Act("run", output=output, ok=ok, command=command, seconds=seconds)

    def edit(self, path: str, old: str, new: str) -> Act:
        """Change a file; fails as the tool does when the old text is not there."""
        start = self.space.line_of(path, old)
        if not self.space.replace(path, old, new):
            return Act(
                "edit", "String to replace not found in file.", False, path, old=old, new=new
            )
        around = self.space.window(path, max(1, start - 3), new.count("\n") + 8)
        return Act("edit", around, path=path, old=old, new=new, start=start, seconds=0.3)

    def write(self, path: str, content: str) -> Act:
        """Create a file."""
        self.space.files[path] = content
        return Act("write", f"File created successfully at: {path}", path=path, new=content)

    def tests(self, module: Module | None, seconds: float = 6.0) -> Act:
        """Run tests that pass."""
        project = self.space.project
        command = project.test_command(module) if module else project.run_all
        output = runner_output.passed(self.space, module, self._random)
        return self.run(command, output, seconds=seconds if module else seconds * 8)

    def red(self, module: Module, test: str, error: str) -> Act:
        """Run tests with a failure, or the command that shows the failure."""
        for start, command in _SHOWN_BY.items():
            if error.startswith(start):
                return self.run(command, error, start == "real", 8.0)
        output = runner_output.failed(self.space, module, test, error, self._random)
        return self.run(self.space.project.test_command(module), output, False, 7.0)

    def slip(self, path: str, function: str) -> Act:
        """A checker that finds a mistyped name."""
        command, output = runner_output.slipped(self.space, path, function)
        return self.run(command, output, False, 4.0)

    def wrong(self) -> Act:
        """A command that this project does not know."""
        command, output = self._random.choice(self.space.project.wrong)
        return self.run(command, output, False, 0.6)

    def history(self, path: str, noun: str) -> Act:
        """The log of a file."""
        lines = [
            f"{self._random.getrandbits(28):07x} {text.format(noun)}"
            for text in self._random.sample(_SUBJECTS, 4)
        ]
        return self.run(f"git log --oneline -4 -- {path}", "\n".join(lines), seconds=0.2)

    def commit(self, message: str) -> Act:
        """Commit everything."""
        number = f"{self._random.getrandbits(28):07x}"
        branch = self.space.project.branch
        files, lines = self._random.randrange(1, 5), self._random.randrange(6, 70)
        output = f"[{branch} {number}] {message}\n {files} files changed, {lines} insertions(+)"
        return self.run(f'git commit -qam "{message}" && git log -1 --stat', output)

    def diff(self, path: str, old: str, new: str) -> Act:
        """Show what changed."""
        return self.run(f"git diff -- {path}", unified(path, old, new), seconds=0.2)

    def new_test(self, module: Module, task: Task) -> tuple[str, Act]:
        """Add a test for a task's symptom after the other tests; returns its name and the edit."""
        path = self.space.test_path(module)
        words = "_".join(task.id.split("-")[1:])
        text, name = _test_text(self.space.project.language, task, module, words)
        tail = "\n".join(self.space.files[path].rstrip("\n").split("\n")[-2:])
        offset = self.space.files[path].rindex(tail)
        before = self.space.files[path]
        self.space.files[path] = before[:offset] + tail + text + before[offset + len(tail) :]
        start = before.count("\n", 0, offset) + 1
        around = self.space.window(path, start, text.count("\n") + 3)
        return name, Act("edit", around, path=path, old=tail, new=tail + text, start=start)


def _test_text(language: str, task: Task, module: Module, words: str) -> tuple[str, str]:
    wanted = task.function
    match language:
        case "python":
            name = f"test_{words}"
            return (
                f"\n\n\ndef {name}(samples):\n    # {task.ask.splitlines()[0]}\n"
                f'    {module.noun} = samples.{module.noun}(state="{words}")\n'
                f"    result = {wanted}({module.noun}, samples.NOON)\n"
                f'    assert result == samples.expected("{words}")',
                name,
            )
        case "typescript":
            name = words.replace("_", " ")
            return (
                f"\n\n// {task.ask.splitlines()[0]}\nit('{name}', () => {{\n"
                f"  const {module.noun} = sample('{words}');\n"
                f"  expect({wanted}({module.noun}, NOON)).toEqual(expected('{words}'));\n}});",
                name,
            )
        case _:
            return (
                f"\n\n// {task.ask.splitlines()[0]}\n#[test]\nfn {words}() {{\n"
                f'    let {module.noun} = sample_{module.noun}("{words}", 1);\n'
                f'    assert_eq!({wanted}(&{module.noun}).unwrap(), expected("{words}"));\n}}',
                words,
            )
