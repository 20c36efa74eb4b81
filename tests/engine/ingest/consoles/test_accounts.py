"""Of each console and text format every line is read, passed over by a rule, or damaged."""

from __future__ import annotations

import json

import pytest

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.reports import SourceAccount
from tests.support.files.benchmark_files import REFLEXION
from tests.support.files.console_texts import CLAUDE, GEMINI, MINI_START, MINI_STEPS
from tests.support.files.trace_sources import memory_source

AIDER = """
# aider chat started at 2026-09-01 10:00:00

> aider --model m-1
> Main model: m-1

# aider chat started at 2026-09-01 11:00:00

> Main model: m-1

#### fix the clock

I fix it.

> Applied edit to clock.py
> Tokens: 2.1k sent, 120 received. Cost: $0.01 message, $0.01 session.
"""
TEXTS = {
    "aider": AIDER,
    "claude-code-screen": CLAUDE,
    "gemini-cli-screen": GEMINI,
    "mini-swe-agent-console": MINI_START + MINI_STEPS,
    "reflexion": REFLEXION.decode(),
}
FRAME = "the shell, frames and status lines"


def account_of(source: SourceFile, format_: str) -> SourceAccount:
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader.reason
    assert reader.format == format_
    source.begin_account()
    for draft in reader.read(source):
        list(draft.steps)
    return source.account.sums()


def over(account: SourceAccount) -> int:
    return sum(count for _, count in account.passed_over)


@pytest.mark.parametrize("name", TEXTS)
def test_every_line_is_read_or_passed_over_by_a_rule(name: str) -> None:
    account = account_of(memory_source(TEXTS[name].encode(), "log"), name)
    there = sum(bool(line.strip()) for line in TEXTS[name].replace("\r\n", "\n").split("\n"))
    assert account.read + over(account) == there
    assert account.read > 0 and over(account) > 0
    assert not account.damaged and not account.mended and not account.unknown


@pytest.mark.parametrize("name", TEXTS)
def test_bytes_that_are_no_text_are_said_with_their_line(name: str) -> None:
    data = TEXTS[name].encode()
    whole = account_of(memory_source(data, "log"), name)
    offset = data.rindex(b"\n", 0, len(data) - 2) + 1
    account = account_of(memory_source(data[:offset] + b"\xff\xfe" + data[offset:], "log"), name)
    damage, number = account.places[0], data[:offset].count(b"\n") + 1
    assert (damage.place, damage.start) == (f"line {number}", offset)
    assert (account.damaged, damage.reason) == (1, "bytes that are no UTF-8 text")
    assert account.read + over(account) == whole.read + over(whole) - 1


@pytest.mark.parametrize("name", TEXTS)
def test_nul_bytes_are_said_and_lose_nothing(name: str) -> None:
    data = TEXTS[name].encode()
    account = account_of(memory_source(data + b"\0" * 40 + b"\n", "log"), name)
    assert (account.mended, account.damaged) == (1, 0)


def test_the_rules_have_names() -> None:
    rules = {
        name: dict(account_of(memory_source(text.encode(), "log"), name).passed_over)
        for name, text in TEXTS.items()
    }
    assert rules["aider"] == {"a chat in which nothing was said": 3}
    assert rules["claude-code-screen"][FRAME] > 5
    assert "the model library's own log" in rules["mini-swe-agent-console"]
    assert "headings" in rules["reflexion"] and "a run that the log repeats" in rules["reflexion"]


def test_a_session_that_the_screen_shows_again_is_passed_over() -> None:
    once = account_of(memory_source(CLAUDE.encode(), "log"), "claude-code-screen")
    twice = account_of(memory_source((CLAUDE * 2).encode(), "log"), "claude-code-screen")
    assert twice.read + over(twice) == 2 * (once.read + over(once))
    assert dict(twice.passed_over)["a session that the screen shows again"] > 10


def test_a_text_that_ends_within_a_character_is_still_being_written() -> None:
    data = AIDER.encode() + "> é".encode()[:-1]
    source = memory_source(data, "log")
    assert not account_of(source, "aider").damaged
    assert source.account.cut


def recording(*events: object, header: str = '{"version": 2, "width": 80, "height": 24}') -> bytes:
    lines = [header, *(event if isinstance(event, str) else json.dumps(event) for event in events)]
    return "".join(f"{line}\n" for line in lines).encode()


SCREEN = CLAUDE.replace("\n", "\r\n")
PRINTED = [[start / 10, "o", SCREEN[start : start + 100]] for start in range(0, len(SCREEN), 100)]


def test_a_recording_counts_its_lines() -> None:
    data = recording(*PRINTED, [9.0, "i", "q"], [9.1, "r", "80x30"], "# by hand")
    account = account_of(memory_source(data, "a.cast"), "asciinema")
    assert account.read == 1 + len(PRINTED)
    rules = dict(account.passed_over)
    assert rules["what was typed"] == rules["a change of the screen's size"] == 1
    assert rules["a comment"] == 1
    assert rules[f"on the screen: {FRAME}"] > 5


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('[1.0, "o", "cut', "a record that is cut or malformed"),
        ('[1.0, "o"]', "a record that is cut or malformed"),
        ("what?", "text that is no record"),
        ('[1.0, "o", "\\x"]', "a record that is cut or malformed"),
    ],
)
def test_a_damaged_line_of_a_recording_is_said(bad: str, reason: str) -> None:
    data = recording(PRINTED[0], bad, *PRINTED[1:])
    account = account_of(memory_source(data, "a.cast"), "asciinema")
    assert [(damage.place, damage.reason) for damage in account.places] == [("line 3", reason)]
    assert (account.read, account.damaged) == (1 + len(PRINTED), 1)


def test_whole_events_of_damaged_lines_are_read() -> None:
    two, three = json.dumps(PRINTED[1]), json.dumps(PRINTED[2])
    glued = recording(PRINTED[0], two + three, *PRINTED[3:])
    account = account_of(memory_source(glued, "a.cast"), "asciinema")
    assert (account.read, account.mended, account.damaged) == (1 + len(PRINTED), 1, 0)
    torn = recording(PRINTED[0], two[:-9] + three, *PRINTED[3:])
    account = account_of(memory_source(torn, "a.cast"), "asciinema")
    assert (account.read, account.mended, account.damaged) == (len(PRINTED), 0, 1)


def test_a_recording_without_its_header_is_one_still() -> None:
    data = recording(*PRINTED, header='{"version": 2, "wid')
    account = account_of(memory_source(data, "a.cast"), "asciinema")
    assert (account.places[0].place, account.read) == ("line 1", len(PRINTED))


def test_the_last_line_of_a_recording_may_be_unfinished() -> None:
    data = recording(*PRINTED) + b'[9.0, "o", "x'
    source = memory_source(data, "a.cast")
    assert not account_of(source, "asciinema").damaged
    assert source.account.cut


def test_a_damaged_recording_that_shows_no_agent_is_damaged_and_a_whole_one_no_trace() -> None:
    with pytest.raises(NothingToImport, match="without a known agent"):
        account_of(memory_source(recording([0.1, "o", "$ ls"]), "a.cast"), "asciinema")
    with pytest.raises(CannotImport, match="line 3: a record that is cut") as caught:
        account_of(
            memory_source(recording([0.1, "o", "$ ls"], '[1.0, "o", "⏺'), "a.cast"), "asciinema"
        )
    assert not isinstance(caught.value, NothingToImport)
