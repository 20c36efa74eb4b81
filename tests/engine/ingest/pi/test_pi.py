from __future__ import annotations

import time
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.errors import NothingToImport
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import Line, jsonl
from tests.support.files.pi_lines import HEAD, PI, assistant, call, entry, result, said, user
from tests.support.files.trace_sources import memory_source, read_all, shown


def test_the_live_branch_comes_first_and_the_one_that_was_left_beside_it() -> None:
    (live, steps), (left, others) = read_all(memory_source(jsonl(*PI)))
    assert (live.format, live.key, live.title, live.model) == ("pi", "01a2", "The ferry", "m-1")
    assert (live.cwd, live.project, live.task) == ("/home/mira/ferry", "ferry", "Fix the ferry")
    assert left.key == "01a2"
    assert shown(steps) == [
        [("message", "Fix the ferry\n[image/png, 3.0 kB]")],
        [
            ("reasoning", "I look."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"path": "a", "oldText": "x", "newText": "y"}'),
            ("result", "no such file"),
            ("result", "a.py"),
        ],
        [("message", "Use tabs.")],
        [("message", "! git st\nclean")],
        [],
        [("message", "Quota.")],
        [("message", "So far: looked.")],
        [("message", "Go right")],
        [("message", "Right it is.")],
    ]
    assert shown(others) == [
        *shown(steps)[:-2],
        [("message", "Go left")],
        [("message", "Left it is.")],
    ]


def test_who_spoke_and_what_a_reply_cost() -> None:
    (_, steps), _ = read_all(memory_source(jsonl(*PI)))
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.SYSTEM, StepFlag.INJECTED | StepFlag.ERROR),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.INTERRUPTED),
    ]
    assert (steps[1].tokens_in, steps[1].tokens_out, steps[1].cost_usd) == (47, 11, 0.25)
    assert (steps[4].tokens_in, steps[4].tokens_out, steps[4].cost_usd) == (0, 0, None)


def test_every_line_is_accounted_for() -> None:
    source = memory_source(jsonl(*PI, entry(15, "e14", "hologram"), "null"))
    read_all(source)
    account = source.account.sums()
    assert (account.read, account.damaged) == (13, 0)
    assert dict(account.passed_over) == {
        "bookkeeping: model_change": 1,
        "bookkeeping: session_info": 1,
        "a record of unknown shape": 2,
    }
    assert dict(account.unknown) == {"a line of type hologram": 1, "a line that is no object": 1}


def test_entries_that_are_written_twice_are_told_once() -> None:
    once = read_all(memory_source(jsonl(*PI)))
    source = memory_source(jsonl(*PI, *PI))
    assert [shown(steps) for _, steps in read_all(source)] == [shown(steps) for _, steps in once]
    assert ("an entry that is there already", 14) in source.account.sums().passed_over


def test_lines_of_the_first_version_are_one_branch() -> None:
    bare = [
        {key: value for key, value in line.items() if key not in ("id", "parentId")}
        for line in PI[1:]
    ]
    ((_, steps),) = read_all(memory_source(jsonl(HEAD, *bare)))
    words = [part.text for step in steps for part in step.parts]
    assert words[-4:] == ["Go left", "Left it is.", "Go right", "Right it is."]
    alone = [{**line, "parentId": None} for line in PI[1:]]
    ((_, again),) = read_all(memory_source(jsonl(HEAD, *alone)))
    assert shown(again) == shown(steps)


@pytest.mark.parametrize("parent", ["01a2", "lost", "c1"])
def test_entries_that_hang_on_the_session_on_a_lost_line_or_on_a_call(parent: str) -> None:
    lines = [
        user(1, "01a2", "Go"),
        assistant(2, "e1", call("c1", "bash", command="ls")),
        result(3, parent if parent != "01a2" else "e2", "c1", "a.py"),
        assistant(4, "e3", said("Gone")),
    ]
    ((_, steps),) = read_all(memory_source(jsonl(HEAD, *lines)))
    assert [step.source for step in steps] == [StepSource.USER, StepSource.AGENT, StepSource.AGENT]


def test_a_ring_of_entries_is_read_once() -> None:
    lines = [user(1, "e2", "Go"), assistant(2, "e1", said("Gone"))]
    ((_, steps),) = read_all(memory_source(jsonl(HEAD, *lines)))
    assert shown(steps) == [[("message", "Go")], [("message", "Gone")]]


def test_the_first_prompt_changed_is_a_branch_of_its_own() -> None:
    lines = [user(1, None, "Go"), assistant(2, "e1", said("Gone")), user(3, None, "Stay")]
    (_, live), (_, left) = read_all(memory_source(jsonl(HEAD, *lines)))
    assert (shown(live), len(left)) == ([[("message", "Stay")]], 2)


def test_a_fork_goes_on_from_its_origin_and_copies_its_beginning() -> None:
    head = {**HEAD, "id": "fork", "parentSession": "/s/2026-05-04_01a1.jsonl"}
    old = {**user(1, None, "Go"), "timestamp": "2026-05-04T07:00:00Z"}
    ((draft, steps),) = read_all(memory_source(jsonl(head, old, user(2, "e1", "On"))))
    assert draft.continues_key == "01a1"
    assert [step.flags for step in steps] == [StepFlag.COPIED, StepFlag.NONE]


@pytest.mark.parametrize(
    ("marks", "name", "agent"),
    [
        ([{**HEAD, "title": "Ferry"}], "s.jsonl", "omp"),
        ([HEAD, entry(1, None, "title_change", title="Ferry")], "s.jsonl", "omp"),
        ([HEAD, entry(1, None, "model_change", model="p/m")], "s.jsonl", "omp"),
        ([HEAD], "/h/.omp/agent/sessions/s.jsonl", "omp"),
        ([HEAD], "/h/.openclaw/agents/main/sessions/s.jsonl", "openclaw"),
        ([HEAD], "/h/.clawdbot/agents/main/sessions/s.jsonl.deleted.1767225600", "openclaw"),
        ([HEAD], "/h/.pi/agent/sessions/s.jsonl", "pi"),
    ],
)
def test_the_agent_is_told_by_its_marks_else_by_its_folder(
    marks: list[Line], name: str, agent: str
) -> None:
    ((draft, _),) = read_all(memory_source(jsonl(*marks, user(2, None, "Go")), name))
    assert (draft.format, draft.agent) == (agent, agent)


def test_what_openclaw_puts_around_words_is_no_prompt() -> None:
    words = [
        "[cron:7f stretch] Water the plants",
        "System: [2026-05-04] Node connected\n\nGo on",
        "[Subagent Context] You are one of two.\n\n[Subagent Task]: Count the ferries",
        'Sender (untrusted metadata):\n```json\n{"id": 1}\n```\n\nHello',
        "Pre-compaction memory flush. Store what lasts.",
        "System: [2026-05-04] The timer rang",
    ]
    lines = [user(n, f"e{n - 1}" if n > 1 else None, text) for n, text in enumerate(words, 1)]
    source = memory_source(jsonl(HEAD, *lines), "/h/.openclaw/agents/main/sessions/s.jsonl")
    ((_, steps),) = read_all(source)
    prompts = [step.parts[0].text for step in steps if not step.flags & StepFlag.INJECTED]
    assert prompts == [
        "[cron:7f stretch] Water the plants",
        "Go on",
        "[Subagent Task]: Count the ferries",
        "Hello",
        "System: [2026-05-04] The timer rang",
    ]
    assert len(steps) == 9


def test_a_checkpoint_of_openclaw_is_passed_over() -> None:
    name = "/h/.openclaw/agents/main/sessions/01a2.checkpoint.3f.jsonl"
    with pytest.raises(NothingToImport, match="checkpoint"):
        read_all(memory_source(jsonl(HEAD, user(1, None, "Go")), name))


def test_a_session_that_goes_on_elsewhere_keeps_both_branches(tmp_path: Path) -> None:
    file, lines = tmp_path / "s.jsonl", PI
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        for more in ([], [user(20, "e11", "More left")], [user(21, "e13", "More right")]):
            lines = [*lines, *more]
            file.write_bytes(jsonl(*lines))
            memory.import_paths([file])
            ids = memory.episodes.find(EpisodeQuery()).window(0, 10)
            episodes = memory.episodes.get(ids)
            assert len(episodes) == 2
            assert sum(episode.tokens_out for episode in episodes) == 11
            assert sum(episode.calls for episode in episodes) == 2


def test_a_reply_given_up_at_every_prompt_takes_no_time() -> None:
    lines = [HEAD, entry(0, None, "session_info", name="The ferry")]
    for number in range(1, 80_000, 2):
        parent = f"e{number - 2}" if number > 1 else "e0"
        lines.append(user(number, parent, "Go"))
        lines.append(assistant(number + 1, f"e{number}", said("Gone.")))
    source = memory_source(jsonl(*lines))
    begun = time.process_time()
    drafts = read_all(source)
    assert time.process_time() - begun < 2
    assert {draft.title for draft, _ in drafts} == {"The ferry"}
    assert sum(len(steps) for _, steps in drafts) > 10_000


def test_a_head_without_an_id_is_known_by_its_time_and_folder() -> None:
    head = {"type": "session", "timestamp": "2026-05-04T08:00:00Z", "cwd": "/ferry"}
    lines = [head, {"type": "message", "message": {"role": "user", "content": "Fix it"}}]
    ((draft, steps),) = read_all(memory_source(jsonl(*lines), "/pi/sessions/a.jsonl"))
    assert (draft.format, draft.cwd) == ("pi", "/ferry")
    assert shown(steps) == [[("message", "Fix it")]]
