from __future__ import annotations

import logging
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import CannotImport
from hpm_engine.system.log.log_line import LogLine


class Colour(StrEnum):
    RED = "red"


def line(message: str, *values: Any, error: BaseException | None = None) -> str:
    caught = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("a.logger", logging.INFO, "", 1, message, values, caught)
    return LogLine("window").format(record)


def raised(text: str) -> Exception:
    try:
        try:
            {}[text]  # type: ignore[index]
        except KeyError as error:
            raise CannotImport(f"{text}: cannot be read") from error
    except CannotImport as error:
        return error


def test_a_line_has_the_moment_in_utc_the_process_and_the_logger() -> None:
    shown = line("%d files in %.1f s, %s", 3, 1.25, Colour.RED)
    pattern = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO window\[\d+\] a\.logger: (.*)\n"
    match = re.fullmatch(pattern, shown)
    assert match is not None and match[1] == "3 files in 1.2 s, red"


def test_a_path_is_written_without_its_folder_and_an_object_as_its_kind() -> None:
    shown = line("%s %s %s", Path("/home/mira/private/my.hpm"), ["text"], ValueError("text"))
    assert shown.endswith(": my.hpm list ValueError\n")


def test_a_line_stays_one_line_that_can_be_seen() -> None:
    shown = line("%s", Path("a\nb\x1b[31m\u202ec"))
    assert shown.endswith(": a\\nb\\x1b[31m\\u202ec\n")
    assert len(line("%s", "a" * 10_000)) < 700


def test_values_that_do_not_fit_disturb_nobody() -> None:
    assert line("%d of %d", 1).endswith("(a record whose values do not fit)\n")


def test_an_exception_is_its_kinds_and_frames_without_any_message() -> None:
    shown = line("it failed", error=raised("zimtkanarie"))
    assert "zimtkanarie" not in shown
    assert shown.index("hpm_engine.errors.CannotImport") < shown.index("KeyError")
    assert re.search(r"test_log_line\.py:\d+ raised", shown)
    assert "/home" not in shown and str(Path(__file__).parent) not in shown


def test_an_error_of_the_system_is_named_by_its_code() -> None:
    assert "OSError (ENOSPC)" in line("x", error=OSError(28, "zimtkanarie", "zimtkanarie"))


def test_a_deep_traceback_is_cut_in_its_middle() -> None:
    def deeper(depth: int) -> None:
        if not depth:
            raise ValueError
        deeper(depth - 1)

    with pytest.raises(ValueError) as caught:
        deeper(sys.getrecursionlimit() // 2)
    lines = line("x", error=caught.value).splitlines()
    assert len(lines) < 50 and any("more" in text for text in lines)
