"""What is logged is said by the code: every message is a literal, and no value is worded there."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[4]
METHODS = ("debug", "info", "warning", "error", "critical", "exception", "log")
LOGGERS = ("_LOG", "log")  # of a module; handed to what logs for another


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """The modules that log."""
    files = (file for root in ("hpm_engine", "app") for file in sorted((ROOT / root).rglob("*.py")))
    texts = ((file, file.read_text(encoding="utf-8")) for file in files)
    return tuple((file, ast.parse(text)) for file, text in texts if "logging" in text)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in METHODS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in LOGGERS
        ):
            yield node


def fault(call: ast.Call) -> str:
    """What is wrong with a call; empty where nothing is."""
    assert isinstance(call.func, ast.Attribute)
    given = call.args[1:] if call.func.attr == "log" else call.args
    if not given or not isinstance(given[0], ast.Constant) or not isinstance(given[0].value, str):
        return "its message is no literal"
    if any(isinstance(node, ast.JoinedStr) for node in ast.walk(call)):
        return "it has an f-string"
    if given[0].value.replace("%%", "").count("%") != len(given) - 1:
        return "its values do not fit"
    if any(isinstance(value, ast.Starred) for value in given):
        return "its values are not named"
    if not {keyword.arg for keyword in call.keywords} <= {"exc_info"}:
        return "it says more than a message and an exception"
    return ""


def test_every_message_is_a_literal_with_its_values() -> None:
    seen = 0
    for file, tree in modules():
        for call in calls(tree):
            seen += 1
            assert not fault(call), f"{file.relative_to(ROOT)}:{call.lineno}: {fault(call)}"
    assert seen > 30


def test_a_call_that_words_a_value_is_seen() -> None:
    for text in (
        '_LOG.info(f"{cue}")',
        "_LOG.info(cue)",
        '_LOG.info("%s" % cue)',
        '_LOG.log(level, "%s %s", cue)',
        '_LOG.info("%s", f"{cue}")',
        '_LOG.info("%s", *cues)',
        '_LOG.info("a", extra={"cue": cue})',
    ):
        (call,) = calls(ast.parse(text))
        assert fault(call), text


def test_every_piece_of_work_is_named_by_a_literal() -> None:
    seen = 0
    for file, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "work" and ast.unparse(node.args[0]) == "_LOG":
                seen += 1
                assert isinstance(node.args[1], ast.Constant), f"{file}:{node.lineno}"
    assert seen > 10


def test_every_logger_is_its_modules() -> None:
    """By its name in full where the module is run: there ``__name__`` is another."""
    turning_on = ROOT / "hpm_engine" / "system" / "log" / "program_log.py"
    for file, tree in modules():
        text = file.read_text(encoding="utf-8")
        dotted = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        name = f'"{dotted}"' if 'if __name__ == "__main__"' in text else "__name__"
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "getLogger" and file != turning_on:
                line = text.splitlines()[node.lineno - 1]
                assert line == f"_LOG = logging.getLogger({name})", f"{file}:{node.lineno}"


def test_no_code_prints_by_the_root_logger() -> None:
    for file, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == logging.__name__
            ):
                assert node.func.attr not in METHODS, f"{file}:{node.lineno}"
