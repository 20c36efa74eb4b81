"""A project's files in memory, which sessions read and change."""

from __future__ import annotations

import difflib
import re

import msgspec

from hpm_engine.sample.project import Module, Project, load_language
from hpm_engine.sample.source_code import SourceWriter


class Workspace:
    """The files of one project, with true reads, searches and diffs."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._renamed: dict[str, str] = {}
        language = load_language(project.language)
        self.indent = language.indent
        writer = SourceWriter(project, language)
        self.files: dict[str, str] = {"README.md": project.readme.strip() + "\n"}
        for module in project.modules:
            self.files[module.path] = writer.module(module)
            self.files[project.test_path(module)] = writer.tests(module)

    def window(self, path: str, start: int, count: int) -> str:
        """Lines ``start`` to ``start + count`` (from 1) without a last line end."""
        return "\n".join(self.files[path].split("\n")[start - 1 : start - 1 + count])

    def length(self, path: str) -> int:
        """The number of lines of a file."""
        return self.files[path].count("\n")

    def line_of(self, path: str, text: str) -> int:
        """The first line that contains ``text``, 1 if none does."""
        offset = self.files[path].find(text)
        return self.files[path].count("\n", 0, max(offset, 0)) + 1

    def search(self, text: str, limit: int = 24) -> list[str]:
        """``path:line:text`` of the lines that contain ``text``."""
        lines: list[str] = []
        for path, content in self.files.items():
            if text not in content:
                continue
            for number, line in enumerate(content.split("\n"), 1):
                if text in line:
                    lines.append(f"{path}:{number}:{line}")
        return lines[:limit]

    def function(self, path: str, name: str) -> str:
        """The source of a function from its signature to its end, "" if there is none."""
        head = re.search(
            rf"^(?:async def|def|export function|export const \w+ = \w+\(function|pub fn) {name}\b",
            self.files[path],
            re.MULTILINE,
        )
        if head is None:
            return ""
        rest = self.files[path][head.start() :]
        end = re.search(r"\n\n\n" if path.endswith(".py") else r"\n\}\n", rest)
        return rest[: end.end()].rstrip("\n") if end else rest.rstrip("\n")

    def replace(self, path: str, old: str, new: str) -> bool:
        """Replace the first ``old``; returns whether that changed the file."""
        before = self.files[path]
        if not old or old == new or old not in before:
            return False
        self.files[path] = before.replace(old, new, 1)
        return True

    def with_patch(self, path: str, name: str, patch: str) -> tuple[str, str]:
        """A function before and after ``patch`` at the start of its body; ("", "") without one."""
        before = self.function(path, name)
        if not before or not patch:
            return "", ""
        lines = before.split("\n")
        ends = (
            number for number, line in enumerate(lines, 1) if line.rstrip().endswith((":", "{"))
        )
        body = next(ends, 1)
        if body < len(lines) and lines[body].strip().startswith('"""'):
            body += 1
        added = [self.indent + line if line else line for line in patch.split("\n")]
        head, tail = lines[:body], lines[body:]
        shown = "\n".join(head[-2:] + tail[:2])
        changed = "\n".join(head[-2:] + added + tail[:2])
        return shown, changed

    def module(self, name: str) -> Module:
        """A module by its name, or by the name it had before."""
        return self.project.module(self._renamed.get(name, name))

    def rename(self, old: str, new: str) -> None:
        """Give a module another name: its files move, everything that names it follows."""
        self._renamed[old] = new
        self.files = {
            path.replace(old, new): text.replace(old, new) for path, text in self.files.items()
        }
        modules = tuple(
            msgspec.structs.replace(module, path=module.path.replace(old, new))
            for module in self.project.modules
        )
        self.project = msgspec.structs.replace(self.project, modules=modules)

    def listing(self, folder: str) -> list[str]:
        """The paths under a folder."""
        return sorted(path for path in self.files if path.startswith(folder))

    def test_path(self, module: Module) -> str:
        """The path of a module's tests, also after a rename."""
        return self.project.test_path(module)


def unified(path: str, old: str, new: str) -> str:
    """The difference of two texts as ``git diff`` prints it."""
    lines = difflib.unified_diff(
        old.split("\n"), new.split("\n"), f"a/{path}", f"b/{path}", lineterm="", n=3
    )
    return "\n".join(lines)
