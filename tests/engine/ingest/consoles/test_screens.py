from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.console_texts import CLAUDE, GEMINI
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown

AIDER = """\

# aider chat started at 2024-05-01 12:34:56

> Aider v0.50
> Model: gpt-4o with diff edit format

#### fix the clock
#### it is late

Sure:

clock.py
```python
<<<<<<< SEARCH
> not a tool's line
#### not a prompt
=======
tick()
>>>>>>> REPLACE
```

> Tokens: 3.1k sent, 120 received. Cost: $0.02 message, $0.05 session.
> Applied edit to clock.py

# aider chat started at 2024-05-02 08:00:00

> Aider v0.50

# aider chat started at 2024-05-03 08:00:00

#### again
"""


def test_claude_codes_screen_is_prompts_calls_and_results() -> None:
    episode, steps = read_one(memory_source(CLAUDE.encode()))
    assert shown(steps) == [
        [("message", "fix the clock,\nit is late")],
        [
            ("reasoning", "The user wants the clock fixed."),
            ("message", "I'll look first."),
            ("call", "pytest -q"),
            ("result", "Error: 1 failed\n… +12 lines (ctrl+r to expand)"),
        ],
        [("call", ""), ("result", "☐ Fix the clock\n☒ Look")],
        [("message", "It is:\n- late\n- slow")],
        [("message", "Previous conversation compacted")],
        [("message", "/cost"), ("result", "Total cost: $1")],
        [("message", "thanks")],
    ]
    assert [step.flags for step in steps[1:5]] == [
        StepFlag.ERROR,
        StepFlag.NONE,
        StepFlag.NONE,
        StepFlag.COMPACTION,
    ]
    assert (episode.cwd, episode.project, episode.model) == ("/home/me/clock", "clock", "opus-4")
    assert episode.task == "fix the clock,"
    shown_bytes = CLAUDE.encode()[steps[2].raw_start :][: steps[2].raw_size].decode()
    assert shown_bytes.startswith("⏺ Update Todos")


def test_a_screen_drawn_anew_is_one_session_and_two_starts_are_two() -> None:
    wider = CLAUDE.replace("clock,\n  it is", "clock, it is").replace(
        "> thanks", "> thanks\n\n> bye"
    )
    ((episode, steps),) = read_all(memory_source((CLAUDE + wider).encode()))
    assert shown(steps)[-1] == [("message", "bye")]
    other = CLAUDE.replace("> thanks", "> no")
    assert len(read_all(memory_source((CLAUDE + other).encode()))) == 2
    (again, _), *_ = read_all(memory_source(wider.encode()))
    assert again.key == episode.key


def test_gemini_clis_screen_is_prompts_prose_and_boxes() -> None:
    _, steps = read_one(memory_source(GEMINI.encode()))
    assert shown(steps) == [
        [("message", "fix the clock")],
        [
            ("message", "I'll look first.\nThen I fix it."),
            ("call", "pytest -q"),
            ("result", "1 failed"),
        ],
        [("call", "clock.py")],
        [("message", "Request cancelled.")],
        [("message", "go on\nplease")],
        [("message", "[API Error: 429 Too Many Requests]")],
    ]
    assert [step.flags for step in steps[1:]] == [
        StepFlag.NONE,
        StepFlag.INTERRUPTED,
        StepFlag.INTERRUPTED,
        StepFlag.NONE,
        StepFlag.ERROR,
    ]


def test_aiders_history_is_one_episode_for_each_chat_with_a_word_in_it() -> None:
    (first, steps), (second, _) = read_all(memory_source(AIDER.encode()))
    assert first.task == "fix the clock"
    assert [step.source for step in steps] == [
        StepSource.SYSTEM,
        StepSource.USER,
        StepSource.AGENT,
        StepSource.SYSTEM,
    ]
    ((kind, edit),) = shown(steps)[2]
    assert kind == "message"
    assert "#### not a prompt" in edit
    assert steps[3].flags == StepFlag.INJECTED  # Aider's own words: it makes no calls
    assert steps[3].parts[0].text.endswith("Applied edit to clock.py")
    assert (steps[2].tokens_in, steps[2].tokens_out, steps[2].cost_usd) == (3100, 120, 0.02)
    assert (steps[2].model, first.started_at) == ("gpt-4o", 1714566896000000)
    assert second.task == "again"
    assert first.key != second.key


def test_enter_alone_is_no_prompt_to_aider() -> None:
    chat = "\n# aider chat started at 2024-05-01 12:34:56\n\n#### go\n\nGone.\n\n#### <blank>\n"
    _, steps = read_one(memory_source(chat.encode()))
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.USER, StepFlag.INJECTED),
    ]


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_byte_order_mark_before_aiders_chats_says_nothing(blank: str) -> None:
    data = ("\ufeff" + blank + AIDER.lstrip("\n")).encode()
    assert [shown(steps) for _, steps in read_all(memory_source(data))] == [
        shown(steps) for _, steps in read_all(memory_source(AIDER.encode()))
    ]


def test_commands_to_aider_are_no_prompts() -> None:
    chat = "# aider chat started at 2024-05-01 12:34:56\n\n"
    said = (
        "#### /add clock.py\n> Added clock.py\n\n#### /ask why?\n\nBecause.\n\n#### /usr is full\n"
    )
    ((episode, steps),) = read_all(memory_source((chat + said + chat + "#### /help\n").encode()))
    prompts = [step for step in steps if step.source is StepSource.USER and not step.flags]
    assert [step.parts[0].text for step in prompts] == ["/ask why?", "/usr is full"]
    assert episode.task == "/ask why?"


def test_a_prompt_of_several_lines_is_one_with_its_blank_ones() -> None:
    said = "####   \n#### Count the clocks  \n####   \n#### \t- and the bells  \n\nTwo.\n"
    ((_, steps),) = read_all(
        memory_source(f"# aider chat started at 2024-05-01 12:34:56\n\n{said}".encode())
    )
    prompt, reply = shown(steps)
    assert [line.strip() for line in prompt[0][1].split("\n")] == [
        *("Count the clocks", "", "- and the bells")
    ]
    assert reply == [("message", "Two.")]


@pytest.mark.parametrize(("screen", "format_"), [(CLAUDE, "claude"), (GEMINI, "gemini")])
def test_a_recording_is_read_as_the_screen_it_shows(screen: str, format_: str) -> None:
    events = [[number / 10, "o", line + "\r\n"] for number, line in enumerate(screen.split("\n"))]
    header = {"version": 2, "width": 80, "height": 24, "timestamp": 1700000000}
    lines = [header, *events, [9.0, "i", "typed"]]
    data = "\n".join(map(json.dumps, lines)).encode() + b'\n[9.5, "o", "cut'
    episode, steps = read_one(memory_source(data))
    plain_episode, plain = read_one(memory_source(screen.encode()))
    assert shown(steps) == shown(plain)
    assert (
        episode.format
        == plain_episode.format
        == f"{format_}-{'cli' if format_ == 'gemini' else 'code'}-screen"
    )
    assert episode.started_at == 1_700_000_000_000_000


def test_a_recording_without_an_agent_says_so() -> None:
    data = b'{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "ls\\r\\n"]\n'
    source = memory_source(data)
    with pytest.raises(NothingToImport, match="without a known agent"):
        list(detect(source).read(source))  # type: ignore[union-attr]


def test_a_page_that_only_quotes_a_screen_is_no_session() -> None:
    page = "# How I work\n\n    ⏺ Bash(ls)\n      ⎿  a\n\nand so on\n"
    assert isinstance(detect(memory_source(page.encode())), NotATrace)


def test_the_real_diary_is_its_sessions(data: Path) -> None:
    steps_by_day: dict[str, list[int]] = {}
    for source in walk([data / "bookminder-console-diary" / "diary.tar.xz"]):
        assert isinstance(source, SourceFile)
        day = source.name[-6:-3]
        if isinstance(detect(source), NotATrace):
            assert day == "001", "a hand-written note"
            continue
        episodes = read_all(source)
        steps_by_day[day] = [len(steps) for _, steps in episodes]
        assert len({episode.key for episode, _ in episodes}) == len(episodes)
        for _, steps in episodes:
            assert all(step.parts for step in steps)
            assert any(step.source is StepSource.USER for step in steps)
    assert {day: len(sessions) for day, sessions in steps_by_day.items()} == {
        "002": 1,
        "003": 1,
        "004": 3,
        "005": 1,
        "006": 1,
        "007": 2,
        "008": 4,
        "009": 3,
        "010": 2,
        "011": 1,
        "012": 1,
        "013": 5,
        "014": 1,
    }


@settings(max_examples=150)
@given(st.data())
def test_damaged_screens_raise_nothing_but_import_errors(choices: st.DataObject) -> None:
    whole = choices.draw(st.sampled_from([CLAUDE, GEMINI, AIDER])).encode()
    data = bytearray(whole)
    pieces = st.sampled_from(["⏺ ", "  ⎿  ", "> ", "│", "\x1b[", "\n", "```", "\r", "(", "\x08"])
    for _ in range(choices.draw(st.integers(1, 6))):
        offset = choices.draw(st.integers(0, len(data)))
        piece = choices.draw(pieces).encode() if choices.draw(st.booleans()) else b"\xff"
        data[offset : offset + choices.draw(st.integers(0, 20))] = piece
    source = memory_source(bytes(data))
    reader = detect(source)
    if isinstance(reader, NotATrace):
        assert reader.reason
        return
    try:
        for episode in reader.read(source):
            for step in episode.steps:
                assert 0 <= step.raw_start <= step.raw_start + step.raw_size <= len(data)
    except CannotImport as error:
        assert "trace.json" in str(error)


@pytest.mark.parametrize(
    "line",
    ["│  > " + " " * 300_000 + "x", "mini " * 60_000, "a\x08" * 100_000 + "b", "> " * 100_000],
)
def test_a_very_long_line_takes_no_longer_than_its_length(line: str) -> None:
    for screen in (CLAUDE, GEMINI, AIDER):
        assert read_all(memory_source(f"{screen}\n{line}\n\n> {line}\n".encode()))


@pytest.mark.parametrize(
    "lines", ["⏺ Bash(x)\n", "⏺ Bash(x)\n  ⎿  y\n", "> a\n\n⏺ b\n", "  ⎿  y\n"]
)
def test_very_many_lines_take_no_longer_than_their_number(lines: str) -> None:
    ((_, steps),) = read_all(memory_source((CLAUDE + lines * 30_000).encode()))
    assert sum(len(step.parts) for step in steps) > 10
