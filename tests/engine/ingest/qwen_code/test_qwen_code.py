from __future__ import annotations

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import jsonl
from tests.support.files.other_agents import QWEN_CODE
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown


def test_a_chat_and_what_is_no_prompt_in_it() -> None:
    draft, steps = read_one(memory_source(jsonl(*QWEN_CODE)))
    assert (draft.format, draft.key, draft.model) == ("qwen-code", "9e17", "m-2")
    assert (draft.cwd, draft.branch, draft.task) == ("/home/mira/ferry", "main", "Fix the ferry")
    assert shown(steps)[1:] == [
        [("message", "Fix the ferry")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"path": "."}'),
            ("call", '{"path": "x"}'),
            ("result", "a.py"),
            ("result", "no x"),
        ],
        [("message", "<task-notification>done</task-notification>")],
        [("message", "Be brief.")],
        [("message", "Done.")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.AGENT, StepFlag.NONE),
    ]
    assert (steps[2].tokens_in, steps[2].tokens_out) == (100, 7)


def test_a_subagent_is_an_episode_of_its_own() -> None:
    aside = {**QWEN_CODE[-1], "agentId": "a1", "isSidechain": True}
    (_, steps), (child, others) = read_all(memory_source(jsonl(*QWEN_CODE, aside)))
    assert (child.key, child.parent_key, len(others), len(steps)) == ("9e17/a1", "9e17", 1, 6)


def test_a_subagents_file_lies_in_a_folder_of_its_session() -> None:
    name = "/h/.qwen/projects/-w/subagents/9e17/agent-a1.jsonl"
    draft, _ = read_one(memory_source(jsonl(*QWEN_CODE), name))
    assert (draft.key, draft.parent_key) == ("9e17/a1", "9e17")


def test_a_result_whose_parts_were_lost_is_what_was_shown_of_it() -> None:
    stated = {"callId": "c1", "status": "error", "resultDisplay": "no"}
    line = {**QWEN_CODE[3], "toolCallResult": stated}
    line = {**line, "message": {"role": "user", "parts": []}}
    _, steps = read_one(memory_source(jsonl(*QWEN_CODE[:3], line)))
    assert shown(steps)[-1][-1] == ("result", "no")
    assert steps[-1].flags == StepFlag.ERROR | StepFlag.UNANSWERED


def test_titles_and_summaries_of_the_harness() -> None:
    head = {"sessionId": "9e17", "type": "system"}
    title = {**head, "subtype": "custom_title", "systemPayload": {"customTitle": "The ferry"}}
    summary = {**head, "subtype": "chat_compression", "systemPayload": {"summary": "So far."}}
    draft, steps = read_one(memory_source(jsonl(title, QWEN_CODE[0], summary)))
    assert draft.title == "The ferry"
    assert (shown(steps)[-1], steps[-1].flags) == ([("message", "So far.")], StepFlag.COMPACTION)


def test_a_session_without_a_word_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(memory_source(jsonl(QWEN_CODE[1])))


def test_what_a_person_typed_while_the_agent_worked_is_a_prompt() -> None:
    prompt = next(line for line in QWEN_CODE if "Fix the ferry" in str(line))
    typed = {"role": "user", "parts": [{"text": "And the pier"}]}
    payload = {"displayText": "And the pier"}
    line = {**prompt, "message": typed, "systemPayload": payload}
    _, steps = read_one(
        memory_source(jsonl(*QWEN_CODE, {**line, "subtype": "mid_turn_user_message"}))
    )
    assert shown(steps)[-1] == [("message", "And the pier")]
    assert (steps[-1].source, steps[-1].flags) == (StepSource.USER, StepFlag.NONE)


def test_a_person_who_went_back_left_a_branch() -> None:
    def line(number: int, parent: int, kind: str, said: str, **more: object) -> dict[str, object]:
        content = {"role": "model" if kind == "assistant" else "user", "parts": [{"text": said}]}
        ids = {"uuid": f"u{number}", "parentUuid": f"u{parent}" if parent else None}
        return {**QWEN_CODE[-1], **ids, "type": kind, "message": content, **more}

    lines = [
        line(1, 0, "user", "Fix the ferry"),
        line(2, 1, "assistant", "Which?"),
        line(3, 1, "system", "", subtype="rewind", systemPayload={"targetUuid": "u1"}),
        line(4, 3, "user", "The old one"),
        line(5, 4, "assistant", "I look."),
        line(5, 4, "assistant", "Done."),
    ]
    (_, live), (_, left) = read_all(memory_source(jsonl(*lines)))
    said = [[words for _, words in step] for step in shown(live)]
    assert said == [["Fix the ferry"], ["The old one"], ["I look."], ["Done."]]
    assert [[words for _, words in step] for step in shown(left)] == [["Fix the ferry"], ["Which?"]]
    ((_, all_),) = read_all(memory_source(jsonl(*lines[:2], *lines[3:])))
    assert len(all_) == 5
