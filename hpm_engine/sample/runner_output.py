"""The output of test runners and checkers, in the style of each language's tools."""

from __future__ import annotations

import random

from hpm_engine.sample.project import Module
from hpm_engine.sample.workspace import Workspace

_POINTER = "\u276f"  # in the output of the runner for TypeScript
_CROSS = "\u00d7"  # in the output of the runner for TypeScript


def passed(space: Workspace, module: Module | None, chooser: random.Random) -> str:
    """A green run of one module's tests, or of all."""
    count = _count(space, module)
    seconds = chooser.uniform(0.4, 3.0) * (1 if module else 9)
    match space.project.language:
        case "python":
            dots = "\n".join(_dots(count))
            return f"{dots}\n{count} passed in {seconds:.2f}s"
        case "typescript":
            files = 1 if module else len(space.project.modules)
            name = space.test_path(module) if module else "src"
            return (
                f" RUN  v3.2.4 {space.project.home}\n\n ✓ {name} ({count} tests) "
                f"{int(seconds * 90)}ms\n\n Test Files  {files} passed ({files})\n"
                f"      Tests  {count} passed ({count})\n   Duration  {seconds:.2f}s"
            )
        case _:
            name = module.name if module else "kelpie"
            lines = [f"test {test} ... ok" for test in _tests(space, module)[:14]]
            return (
                f"   Compiling kelpie v0.6.2 ({space.project.home})\n    Finished `test` profile "
                f"[unoptimized + debuginfo] target(s) in {seconds + 4:.2f}s\n     Running "
                f"tests/{name}.rs\n\nrunning {count} tests\n" + "\n".join(lines) + "\n\n"
                f"test result: ok. {count} passed; 0 failed; 0 ignored; finished in {seconds:.2f}s"
            )


def failed(space: Workspace, module: Module, test: str, error: str, chooser: random.Random) -> str:
    """A run in which ``test`` fails with ``error``."""
    count = max(_count(space, module), 2)
    path = space.test_path(module)
    line = space.line_of(path, test) + 3
    source = space.window(path, max(line - 4, 1), 5)
    seconds = chooser.uniform(0.5, 4.0)
    match space.project.language:
        case "python":
            quoted = "\n".join(f"    {text}" for text in source.split("\n")[:-1])
            kind = error.split(":")[0]
            return (
                f"{'.' * (count - 1)}F\n=================================== FAILURES "
                f"===================================\n_________ {test} _________\n\n{quoted}\n"
                f">   {source.splitlines()[-1].strip()}\nE   {error}\n\n{path}:{line}: {kind}\n"
                "=========================== short test summary info ======================"
                f"=====\nFAILED {path}::{test} - {error}\n1 failed, {count - 1} passed in "
                f"{seconds:.2f}s"
            )
        case "typescript":
            quoted = "\n".join(
                f"    {line - 4 + index:3}|  {text}"
                for index, text in enumerate(source.split("\n"))
            )
            return (
                f" RUN  v3.2.4 {space.project.home}\n\n"
                f" {_POINTER} {path} ({count} tests | 1 failed)\n   {_CROSS} {test}\n\n"
                f" FAIL  {path} > {test}\n{error}\n {_POINTER} {path}:{line}:21\n{quoted}\n"
                f"       |                     ^\n\n Test Files  1 failed (1)\n      Tests  1 "
                f"failed | {count - 1} passed ({count})\n   Duration  {seconds:.2f}s"
            )
        case _:
            return (
                f"   Compiling kelpie v0.6.2 ({space.project.home})\n     Running "
                f"{path}\n\nrunning {count} tests\ntest {test} ... FAILED\n\nfailures:\n\n---- "
                f"{test} stdout ----\nthread '{test}' panicked at {path}:{line}:5:\n{error}\nnote: "
                "run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\n"
                f"failures:\n    {test}\n\ntest result: FAILED. {count - 1} passed; 1 failed; "
                f"0 ignored; finished in {seconds:.2f}s\n\nerror: test failed, to rerun pass "
                f"`--test {module.name}`"
            )


def slipped(space: Workspace, path: str, function: str) -> tuple[str, str]:
    """A checker's command and its complaint about a small mistake in a change."""
    line = space.line_of(path, function) + 2
    match space.project.language:
        case "python":
            return (
                f"mypy {path}",
                f'{path}:{line}: error: Name "resutl" is not defined  [name-defined]\n'
                "Found 1 error in 1 file (checked 1 source file)",
            )
        case "typescript":
            return (
                "npx tsc --noEmit",
                f"{path}({line},18): error TS2304: Cannot find name 'resutl'.\n\n"
                f"Found 1 error in {path}:{line}",
            )
        case _:
            return (
                "cargo check",
                "error[E0425]: cannot find value `resutl` in this scope\n  --> "
                f"{path}:{line}:12\n   |\n{line} |     let _ = resutl;\n   |             ^^^^^^ "
                "help: a local variable with a similar name exists: `result`\n\nerror: could not "
                "compile `kelpie` (lib) due to 1 previous error",
            )


def _tests(space: Workspace, module: Module | None) -> list[str]:
    modules = [module] if module else list(space.project.modules)
    return [
        signature.split("(")[0] + "_keeps_version"
        for tested in modules
        for signature in tested.functions
    ]


def _count(space: Workspace, module: Module | None) -> int:
    marks = {"python": "def test_", "typescript": "  it(", "rust": "#[test]"}
    mark = marks[space.project.language]
    paths = [space.test_path(module)] if module else list(space.files)
    return max(1, sum(space.files[path].count(mark) for path in paths))


def _dots(count: int) -> list[str]:
    full, rest = divmod(count, 60)
    lines = ["." * 60] * full + (["." * rest] if rest else [])
    return [
        f"{line:<72}[{min(100, number * 6000 // count):3}%]" for number, line in enumerate(lines, 1)
    ]
