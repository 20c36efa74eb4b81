"""Whether two commits hold the same definitions: a commit that only moves must leave them so.

``python packaging/equal_definitions.py BEFORE AFTER`` compares the syntax trees of all modules but
their imports; names of modules and paths in texts count as those of the files they became. Prints
what differs, and fails if anything does.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator


def git(*arguments: str) -> str:
    """What git answers."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def modules(commit: str) -> dict[str, str]:
    """The Python files of a commit: path and text."""
    paths = [
        path
        for path in git("ls-tree", "-r", "--name-only", commit).split("\n")
        if path.endswith(".py")
    ]
    return {path: git("show", f"{commit}:{path}") for path in paths}


def renamed(before: str, after: str) -> dict[str, str]:
    """Old path and new path of each file that moved."""
    lines = git(
        "diff", "-M40%", "-l0", "--diff-filter=R", "--name-status", before, after
    ).splitlines()
    return {old: new for _, old, new in (line.split("\t") for line in lines)}


def substitution(moves: dict[str, str]) -> Callable[[str], str]:
    """A text with the new names of modules and files for the old ones."""
    names = dict(moves) | {dotted(old): dotted(new) for old, new in moves.items()}
    pattern = re.compile(
        rf"(?<![\w./])({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)"
    )
    return lambda text: pattern.sub(lambda match: names[match[1]], text)


def dotted(path: str) -> str:
    """A module's name for its path."""
    return path.removesuffix(".py").replace("/", ".")


def statements(text: str, substitute: Callable[[str], str]) -> Iterator[str]:
    """The top statements of a module as syntax trees, without imports."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = " ".join(substitute(node.value).split())
        for name, block in ast.iter_fields(node):
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt | ast.expr):
                kept = [
                    child for child in block if not isinstance(child, ast.Import | ast.ImportFrom)
                ]
                setattr(node, name, kept)
    for statement in tree.body:
        yield ast.dump(statement)


def main(before: str, after: str) -> int:
    """Compare, print, count what differs."""
    moves = renamed(before, after)
    substitute = substitution(moves)
    old, new = modules(before), modules(after)
    differences = 0
    for path, text in old.items():
        target = moves.get(path, path)
        theirs = Counter(statements(new.get(target, ""), str))
        ours = Counter(statements(text, str))
        if ours != theirs:  # the SQL of migrations is frozen, and names old modules
            same = ours & theirs
            ours = same + (Counter(statements(text, substitute)) - same)
        for statement in [*(ours - theirs), *(theirs - ours)]:
            differences += 1
            print(f"{path} -> {target}: {statement[:300]}")
    added = sorted(set(new) - set(moves.values()) - set(old))
    print(f"{len(moves)} files moved, {len(added)} new, {differences} statements differ")
    return differences


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:3])))
