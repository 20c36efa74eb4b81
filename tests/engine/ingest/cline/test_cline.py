from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.cline.prompts import pieces
from hpm_engine.ingest.cline.written_calls import written_calls
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.cline_tasks import BEGUN, CLI, CLI_FACTS, SCREEN, TASK, WRITTEN
from tests.support.files.real_zoo import wrong_units
from tests.support.files.trace_sources import document, read_one, shown, zip_of

FOLDER = "User/globalStorage/rooveterinaryinc.roo-cline"
ITEM = {
    "id": str(BEGUN),
    "ts": BEGUN,
    "task": "Count the sacks",
    "tokensIn": 900,
    "tokensOut": 12,
    "cacheReads": 400,
    "totalCost": 0.75,
    "workspace": "/home/mo/barn",
    "number": 3,
}


def source_of(folder: Path, files: dict[str, Any], encoding: str = "utf-8") -> SourceFile:
    """The one source among files written to a folder that is a session."""
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value), encoding=encoding)
    return session_in(folder)


def session_in(path: Path) -> SourceFile:
    sources = [source for source in walk([path]) if isinstance(source, SourceFile)]
    sessions = [source for source in sources if not isinstance(detect(source), NotATrace)]
    for source in sources:
        verdict = detect(source)
        if isinstance(verdict, NotATrace):
            assert "messages" in verdict.reason
    (session,) = sessions
    return session


def test_a_task_is_told_with_the_persons_words_and_without_wrappers() -> None:
    source = document(TASK)
    episode, steps = read_one(source)
    assert (episode.format, episode.agent, episode.task) == ("cline", "cline", "Count the sacks")
    assert (episode.cwd, episode.model) == ("/home/mo/mill", "m-1")
    prompts = [step for step in steps if step.source is StepSource.USER and not step.flags]
    assert [step.parts[0].text for step in prompts] == [
        "Count the sacks",
        "The old one",
        "Count again",
    ]
    assert prompts[2].parts[1].text.startswith("[image/png")
    agent = [step for step in steps if step.source is StepSource.AGENT]
    assert shown(agent) == [
        [
            ("reasoning", "I look."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", "no such folder"),
        ],
        [("call", '{"question": "Which mill?"}'), ("result", "")],
        [("message", "Seven sacks.")],
        [("message", "Eight.")],
    ]
    assert agent[0].flags == StepFlag.ERROR
    assert (agent[0].tokens_in, agent[0].tokens_out, agent[0].cost_usd) == (7, 3, 0.5)
    injected = [step.parts[0].text for step in steps if step.flags & StepFlag.INJECTED]
    assert [text.split("\n")[0][:21] for text in injected] == [
        "<environment_details>",
        "[attempt_completion] ",
        "<environment_details>",
        "[TASK RESUMPTION] Thi",
        "<environment_details>",
    ]
    assert source.account.sums().unknown == ()


def test_earlier_versions_wrote_calls_into_the_prose() -> None:
    _, steps = read_one(document(WRITTEN))
    said = [step for step in steps if not step.flags & StepFlag.INJECTED]
    assert shown(said) == [
        [("message", "Count the sacks")],
        [("message", "I look."), ("call", "<command>ls</command>"), ("result", "a\nb")],
        [("message", "<attempt_completion>\n<result>\nTwo.\n</result>")],  # never closed
        [("message", "Two.")],
        [("message", "Again")],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_files_beside_a_task_give_title_folder_sums_and_times(
    tmp_path: Path, encoding: str
) -> None:
    task = f"{FOLDER}/tasks/{BEGUN}"
    untimed = [{key: value for key, value in line.items() if key != "ts"} for line in WRITTEN]
    files = {
        f"{task}/api_conversation_history.json": untimed,
        f"{task}/ui_messages.json": SCREEN,
        f"{task}/history_item.json": ITEM,
        f"{task}/task_metadata.json": {"files_in_context": [], "model_usage": [{"model_id": "m"}]},
    }
    episode, steps = read_one(source_of(tmp_path, files, encoding))
    assert (episode.format, episode.key, episode.title) == ("roo-code", str(BEGUN), ITEM["task"])
    assert (episode.cwd, episode.model, episode.project) == ("/home/mo/barn", "m", "barn")
    assert (episode.tokens_in, episode.tokens_out, episode.cost_usd) == (900, 12, 0.75)
    assert steps[0].at == micros(BEGUN)
    assert [step.at for step in steps if step.parts[0].text == "Two."] == [micros(BEGUN + 9000)]
    packed = tmp_path / "tasks.zip"
    packed.write_bytes(zip_of({name: json.dumps(value).encode() for name, value in files.items()}))
    again, _ = read_one(session_in(packed))
    assert (again.title, again.tokens_in) == (ITEM["task"], 900)


def test_a_list_of_all_tasks_knows_a_task_too(tmp_path: Path) -> None:
    folder = "globalStorage/saoudrizwan.claude-dev"
    entry = {**ITEM, "cwdOnTaskInitialization": "/w", "modelId": "m-9"}
    del entry["workspace"]
    files = {
        f"{folder}/tasks/{BEGUN}/api_conversation_history.json": TASK[:1],
        f"{folder}/state/taskHistory.json": [{**entry, "id": "1", "task": "x"}, entry],
    }
    episode, _ = read_one(source_of(tmp_path, files))
    assert (episode.format, episode.title, episode.cwd) == ("cline", "Count the sacks", "/w")
    assert (episode.model, episode.tokens_in) == ("m-9", 1300)  # cached ones are counted apart


def test_a_session_of_the_command_line_and_its_fork(tmp_path: Path) -> None:
    files = {"sessions/17_ab/17_ab.messages.json": CLI, "sessions/17_ab/17_ab.json": CLI_FACTS}
    episode, steps = read_one(source_of(tmp_path, files))
    assert (episode.format, episode.key, episode.title) == ("cline-cli", "17_ab", "Sacks (fork)")
    assert (episode.cwd, episode.model, episode.continues_key) == ("/m", "m-3", "16_aa")
    assert (episode.started_at, episode.ended_at) == (
        micros(BEGUN),
        micros("2026-01-01T00:00:09Z"),
    )
    _, prompt, reply, own = steps
    assert shown([prompt])[0] == [
        ("message", "Count them"),
        ("message", "[file: /m/sacks.csv]\nrye,3"),
    ]
    assert (reply.model, reply.tokens_in, reply.tokens_out) == ("m-2", 30, 4)
    assert prompt.flags == reply.flags == StepFlag.COPIED
    assert own.flags == StepFlag.NONE


def test_damaged_files_beside_a_task_cost_only_what_they_know(tmp_path: Path) -> None:
    source = source_of(tmp_path, {"tasks/1/api_conversation_history.json": TASK})
    for name in ("ui_messages.json", "history_item.json", "task_metadata.json"):
        (tmp_path / "tasks/1" / name).write_bytes(b'[{"ts": \xff')
    episode, steps = read_one(source)
    assert (episode.key, episode.title, len(steps)) == ("1", None, 12)


@pytest.mark.parametrize("tag", ["task", "environment_details", "read_file", "x"])
def test_tags_that_never_end_take_no_time(tag: str) -> None:
    text = f"<{tag}>" * 100_000
    assert list(pieces([text])) == [(False, text)]
    assert written_calls(text) == (text, [])


@pytest.mark.parametrize("kind", ["cline-vscode", "roo-code", "kilo-legacy", "cline-cli"])
def test_real_tasks_are_read_right(kind: str) -> None:
    assert wrong_units(kind) == {}


def test_what_the_program_says_of_a_task_that_goes_on_is_no_prompt() -> None:
    said = (
        "[TASK RESUMPTION] This task was interrupted 3 days ago.",
        "(The user did not provide a new message. Consider asking them.)",
        "\n# task_progress RECOMMENDED\n\nWhen starting a new task, include a list.",
        "\n\t# TODO LIST UPDATE REQUIRED - You MUST include it.",
    )
    assert all(is_added for is_added, _ in pieces(said))
    assert [is_added for is_added, _ in pieces(["Count on."])] == [False]


def test_what_replaced_or_cut_the_context_is_nobodys_message(tmp_path: Path) -> None:
    folder = "User/globalStorage/kilocode.kilo-code/tasks/7"
    lines = [
        {"role": "user", "content": [{"type": "text", "text": "<task>Count the sacks</task>"}]},
        {"role": "assistant", "content": "So far: seven.", "isSummary": True, "ts": BEGUN},
        {"role": "user", "content": "[2 messages hidden]", "isTruncationMarker": True, "ts": BEGUN},
    ]
    _, steps = read_one(source_of(tmp_path, {f"{folder}/api_conversation_history.json": lines}))
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.USER, StepFlag.INJECTED),
    ]
