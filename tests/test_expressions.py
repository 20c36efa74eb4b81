"""No expression over untrusted text takes more than time in proportion to it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.expressions import Expression, expressions
from tests.support.worst_cases import worst_cases

# Characters. In this size what is quadratic shows; HPM_EXPRESSION_SIZE=1000000 takes an hour.
_LARGEST = int(os.environ.get("HPM_EXPRESSION_SIZE", "16000"))
_SLOW = 0.04  # s of processor time: below it growth cannot be told from noise
_SHORT = 0.5  # s: what is cut before may take this at its longest
_GROWTH = 3.0  # a text twice as long; linear is 2, quadratic 4
# Those that never see more characters than this, because whoever uses them cuts the text before.
_BOUNDED = {
    "hpm_engine.ingest.consoles.aider: _TOKENS": 300,
    "hpm_engine.ingest.consoles.mini_swe_agent_console: _LAUNCH": 2000,
    "hpm_engine.ingest.steps.task_text: _INSTANCE": 300,
    "hpm_engine.recall.words: _PATH": 6000,
    "hpm_engine.words.parts: _WORD_BEFORE": 64,
}
# Given to a function that only matches at a position.
_MATCHED = frozenset(("hpm_engine.words.path_names: _ENDED", "hpm_engine.words.path_names: _NAME"))


def takes(pattern: Any, methods: set[str], text: str) -> float:
    """Seconds of processor time to go through the text by each method."""
    subject = text.encode() if isinstance(pattern.pattern, bytes) else text
    started = time.thread_time()
    for method in sorted(methods):
        call: Callable[..., Any] = getattr(pattern, method)
        if method in ("sub", "subn"):
            call(subject[:0], subject)
        elif method == "finditer":
            for _ in call(subject):
                pass
        else:
            call(subject)
    return time.thread_time() - started


def slowest(pattern: Any, methods: set[str], size: int) -> float:
    """Seconds for the worst text of that size."""
    return max(
        takes(pattern, methods, beginning + pump * (size // len(pump)) + end)
        for beginning, pump, end in worst_cases(pattern)
    )


def superlinear(pattern: Any, methods: set[str]) -> str:
    """The first worst case whose time grows faster than its length, or ""."""
    for beginning, pump, end in worst_cases(pattern):
        size, before = 12, 0.0  # at first in small steps: time may double with each character
        while size <= _LARGEST:
            text = beginning + pump * (size // len(pump)) + end
            seconds = takes(pattern, methods, text)
            if seconds > _SLOW:
                if before == 0.0:
                    before = min(_again(pattern, methods, beginning, pump, end, size // 2))
                after = min(seconds, *_again(pattern, methods, beginning, pump, end, size))
                if after > _GROWTH * before:
                    return (
                        f"{beginning!r} + {pump!r} * {size // len(pump)} + {end!r}: {after:.2f} s"
                    )
                break
            size += 4 if size < 40 else size * (3 if seconds < _SLOW / 30 else 1)
            before = 0.0
    return ""


def _again(
    pattern: Any, methods: set[str], beginning: str, pump: str, end: str, size: int
) -> list[float]:
    text = beginning + pump * (size // len(pump)) + end
    return [takes(pattern, methods, text) for _ in range(2)]


@pytest.mark.parametrize("expression", expressions(), ids=str)
def test_time_grows_with_the_text_at_most(expression: Expression) -> None:
    methods = {"match"} if str(expression) in _MATCHED else expression.methods
    if bound := _BOUNDED.get(str(expression)):
        assert slowest(expression.pattern, methods, bound) < _SHORT
    else:
        assert not superlinear(expression.pattern, methods)


@pytest.mark.parametrize(
    "pattern",
    [r"<name>\s*(.*?)\s*</name>", r"(a+)+$", r"<execute>(.*?)</execute>", r"\s+$", r"(?:x|x\s*)*y"],
)
def test_an_expression_that_is_not_linear_is_seen(pattern: str) -> None:
    compiled = re.compile(pattern, re.DOTALL)
    # Another program on the processor can make the short text look slow, and so the growth small.
    assert any(superlinear(compiled, {"search"}) for _ in range(3))


def test_the_catalogue_holds_the_expressions_of_both_packages() -> None:
    modules = {expression.module.split(".")[0] for expression in expressions()}
    assert modules >= {"hpm_engine"}
    assert len(expressions()) > 40
