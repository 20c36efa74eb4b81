"""Each trap of the format in a few lines, so that it is tested without the real traces."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.codex.output import event_text
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.files.line_sources import Line, episodes, jsonl, only, parts, source_of, texts

READER = CodexReader()
TIME = "2026-05-12T10:00:00.000Z"


def line(kind: str, **payload: Any) -> Line:
    return {"timestamp": TIME, "type": kind, "payload": payload}


def item(kind: str, **payload: Any) -> Line:
    return line("response_item", type=kind, **payload)


def event(kind: str, **payload: Any) -> Line:
    return line("event_msg", type=kind, **payload)


def message(role: str, *said: str) -> Line:
    content = [{"type": "input_text", "text": text} for text in said]
    return item("message", role=role, content=content)


def call(call_id: str, name: str = "exec_command") -> Line:
    return item("function_call", name=name, arguments='{"cmd":"ls"}', call_id=call_id)


def output(call_id: str, text: Any) -> Line:
    return item("function_call_output", call_id=call_id, output=text)


def tokens(last: int, total: int) -> Line:
    usage = {"input_tokens": last, "cached_input_tokens": 1, "output_tokens": 2}
    info = {"last_token_usage": usage, "total_token_usage": {**usage, "input_tokens": total}}
    return event("token_count", info=info, rate_limits={"used": last + total})


META = line("session_meta", id="s1", cwd="/home/me/shop", git={"branch": "main"}, source="cli")
PROMPT = [message("user", "go"), event("user_message", message="go")]


def steps_of(*lines: Line | str) -> list[Any]:
    return only(READER, source_of(jsonl(META, *lines)))[1]


def test_a_prompt_that_stands_twice_counts_once() -> None:
    instructions = message("user", "# AGENTS.md instructions for x", "<environment_context>")
    steps = steps_of(
        message("developer", "<permissions instructions>"),
        instructions,
        *PROMPT,
        message("assistant", "hi"),
    )
    flags = [(step.source, step.flags) for step in steps]
    assert flags == [
        (StepSource.SYSTEM, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.NONE),
    ]
    assert texts(steps)[2:] == ["go", "hi"]


def test_a_prompt_is_paired_with_the_item_before_it_whatever_its_text() -> None:
    steps = steps_of(
        message("user", "[REDACTED len=9]"),
        message("user", "[TEXT len=2]"),
        event("user_message", message="[MESSAGE len=2]"),
        message("user", "[a skill's text]"),
        message("assistant", "hi"),
    )
    injected = [bool(step.flags & StepFlag.INJECTED) for step in steps]
    assert injected == [True, False, True, False]
    assert texts(steps)[1] == "[MESSAGE len=2]"


def test_prompts_are_found_without_events_and_without_items() -> None:
    hi = message("assistant", "hi")
    assert texts(steps_of(message("user", "<environment_context>"), message("user", "go"), hi)) == [
        *("<environment_context>", "go", "hi"),
    ]
    draft, steps = only(READER, source_of(jsonl(META, *PROMPT[:1], hi)))
    assert (steps[0].flags, draft.task) == (StepFlag.NONE, "go")
    assert texts(steps_of(PROMPT[1], hi)) == ["go", "hi"]


def test_the_models_words_count_once_and_are_found_without_items() -> None:
    reply = event("agent_message", message="hi")
    usage = tokens(5, 5)
    assert texts(steps_of(*PROMPT, reply, message("assistant", "hi"), usage)) == ["go", "hi"]
    assert texts(steps_of(*PROMPT, reply, usage, event("task_complete"))) == ["go", "hi"]


def test_items_of_one_response_are_one_step_with_its_tokens() -> None:
    _, first, second = steps_of(
        *PROMPT,
        line("turn_context", model="gpt"),
        item("reasoning", summary=[{"type": "summary_text", "text": "hm"}], encrypted_content="X"),
        message("assistant", "I look."),
        call("c1"),
        call("c2"),
        tokens(7, 7),
        output("c2", "two"),
        output("c1", "one"),
        tokens(7, 7),
        item("reasoning", summary=[], encrypted_content="X"),
        call("c3", "write_stdin"),
        tokens(9, 16),
    )
    assert [part.text for part in first.parts] == [
        *("hm", "I look.", '{"cmd":"ls"}', '{"cmd":"ls"}', "one", "two"),
    ]
    assert (first.tokens_in, first.tokens_out, first.model) == (7, 2, "gpt")
    assert (second.tokens_in, second.flags) == (9, StepFlag.UNANSWERED)


def test_tokens_are_computed_from_totals_where_only_these_are_given() -> None:
    def total(count: int) -> Line:
        return event("token_count", info={"total_token_usage": {"input_tokens": count}})

    steps = steps_of(*PROMPT, call("c1"), total(5), output("c1", ""), call("c2"), total(12))
    assert [step.tokens_in for step in steps] == [None, 5, 7]


RUNNING = "Chunk ID: 1\nProcess running with session ID 7\nOutput:\n"


def end(call_id: str, **more: Any) -> Line:
    return event("exec_command_end", call_id=call_id, stdout="", **more)


def test_a_running_command_gets_its_output_from_its_end() -> None:
    _, first, second = steps_of(
        *PROMPT,
        call("c1"),
        output("c1", RUNNING),
        call("c2", "write_stdin"),
        end("c1", aggregated_output="all of it", exit_code=2),
        output("c2", "Process exited with code 0\nOutput:\n"),
    )
    result = Part(PartKind.RESULT, f"{RUNNING}all of it", "", "c1", is_error=True)
    assert first.parts[-1] == result
    assert first.flags == StepFlag.ERROR
    assert not second.flags


def test_the_end_of_a_command_may_come_first() -> None:
    finished = "Process exited with code 1\nOutput:\nall of it"
    for text, expected in ((RUNNING, "all of it"), (finished, finished)):
        _, step = steps_of(
            *PROMPT,
            call("c1"),
            end("c1", aggregated_output="all of it", exit_code=1),
            output("c1", text),
        )
        assert step.parts[-1] == Part(PartKind.RESULT, expected, "", "c1", is_error=True)


@pytest.mark.parametrize(
    ("raw", "text", "failed"),
    [
        ("plain", "plain", False),
        ('{"output":"done\\n","metadata":{"exit_code":0}}', "done\n", False),
        ('{"output":"bad","metadata":{"exit_code":1}}', "bad", True),
        ('{"other":1}', '{"other":1}', False),
        ('{"broken', '{"broken', False),
        ("Exit code: 3\nOutput:\nx", "Exit code: 3\nOutput:\nx", True),
        ("x\n" * 300 + "Exit code: 3", "x\n" * 300 + "Exit code: 3", False),
        ({"content": "no", "success": False}, "no", True),
        ([{"type": "input_text", "text": "one"}, {"type": "input_image"}], "one\n[image]", False),
        (None, "", False),
    ],
)
def test_outputs_of_every_shape_are_read(raw: Any, text: str, failed: bool) -> None:
    _, step = steps_of(
        *PROMPT,
        item("custom_tool_call", name="apply_patch", input="*** Begin Patch", call_id="c1"),
        item("custom_tool_call_output", call_id="c1", output=raw),
    )
    assert step.parts[0] == Part(PartKind.CALL, "*** Begin Patch", "apply_patch", "c1")
    assert step.parts[1] == Part(PartKind.RESULT, text, "", "c1", failed)


def test_a_search_has_no_call_id_and_awaits_nothing() -> None:
    _, step = steps_of(
        *PROMPT, item("web_search_call", action={"type": "search", "query": "x"}, status="ok")
    )
    assert step.parts == (Part(PartKind.CALL, '{"type": "search", "query": "x"}', "web_search"),)
    assert not step.flags


def test_the_end_of_a_call_stands_in_for_a_missing_output() -> None:
    spawned = event("collab_agent_spawn_end", call_id="c1", new_thread_id="child")
    failed = event("patch_apply_end", call_id="c2", success=False)
    _, step, _ = steps_of(
        *PROMPT, call("c1", "spawn_agent"), call("c2"), spawned, output("c2", "no"), failed, *PROMPT
    )
    results = parts([step], PartKind.RESULT)
    assert json.loads(results[0].text) == {"new_thread_id": "child"}
    assert results[1].is_error


def test_a_compaction_is_a_step_and_repeats_nothing() -> None:
    replaced = line("compacted", message="in short", replacement_history=[PROMPT[0]["payload"]])
    steps = steps_of(*PROMPT, message("assistant", "hi"), replaced, event("context_compacted"))
    assert texts(steps) == ["go", "hi", "in short"]
    assert steps[2].flags == StepFlag.COMPACTION


def test_an_abort_is_marked() -> None:
    steps = steps_of(*PROMPT, call("c1"), event("turn_aborted", reason="interrupted"))
    assert [step.flags for step in steps[1:]] == [
        StepFlag.UNANSWERED,
        StepFlag.INTERRUPTED | StepFlag.INJECTED,
    ]


def test_a_subagents_rollout_names_its_parent() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "p1", "depth": 1}}}
    meta = line("session_meta", id="s2", source=source, forked_from_id="f1")
    draft, _ = only(READER, source_of(jsonl(meta, *PROMPT)))
    assert (draft.key, draft.parent_key, draft.continues_key) == ("s2", "p1", "f1")


def test_the_request_in_an_editors_context_is_the_task() -> None:
    wrapped = "# Context from my IDE setup:\n\n## My request for Codex:\nfix it\n"
    draft, _ = only(READER, source_of(jsonl(META, event("user_message", message=wrapped))))
    assert draft.task == "fix it"


def test_rollouts_from_before_the_wrapper_are_read() -> None:
    head = {"id": "old", "timestamp": TIME, "instructions": None, "git": {"branch": "main"}}
    bare = [PROMPT[0], call("c1"), output("c1", "a.py"), message("assistant", "hi")]
    data = jsonl(head, {"record_type": "state"}, *(entry["payload"] for entry in bare))
    assert READER.recognises(source_of(data))
    draft, steps = only(READER, source_of(data))
    assert draft.key == "old"
    assert texts(steps) == ["go", "hi"]
    assert texts(steps, PartKind.RESULT) == ["a.py"]


def test_the_other_stream_is_set_aside() -> None:
    data = jsonl({"type": "thread.started", "thread_id": "x"}, {"type": "turn.started"})
    assert READER.recognises(source_of(data))
    with pytest.raises(NothingToImport, match="not a session"):
        episodes(READER, source_of(data))


def test_a_cut_last_line_waits_and_a_broken_one_is_passed_over() -> None:
    data = jsonl(META, "{ broken", *PROMPT, message("assistant", "hi"))
    _, whole = only(READER, source_of(data))
    assert texts(whole) == ["go", "hi"]
    assert texts(only(READER, source_of(data[:-9]))[1]) == ["go"]


def test_a_rollout_cut_in_its_first_line_says_so() -> None:
    data = jsonl(META)[:80]
    assert READER.recognises(source_of(data))
    with pytest.raises(CannotImport, match="not complete yet"):
        episodes(READER, source_of(data))


def test_an_image_becomes_a_placeholder() -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 4000}
    prompt = item("message", role="user", content=[{"type": "input_text", "text": "see"}, image])
    assert texts(steps_of(prompt)) == ["see\n[image/png, 3.0 kB]"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b'{"id":"x","timestamp":"t"}\n',
        b'{"type":"message","role":"user","content":"x"}\n',
        b'{"type":"event_msg"}\n',
        b'{"type":"user","sessionId":"session_meta"}\n',
        b'[{"type":"session_meta"}]',
    ],
)
def test_other_files_are_not_claimed(data: bytes) -> None:
    assert not READER.recognises(source_of(data))


def test_the_end_of_a_call_is_text_also_where_its_names_are_no_utf_8() -> None:
    event = msgspec.Raw(b'{"type":"x_end","call_id":"c","na\xffme":"va\xfelue","exit_code":1}')
    assert event_text(event) == '{"na\ufffdme":"va\ufffdlue","exit_code":1}'
    assert event_text(msgspec.Raw(b"[1]")) == ""


def test_messages_that_do_not_name_their_type_are_known_by_their_role() -> None:
    def said(role: str, text: str) -> Line:
        return line("response_item", role=role, content=[{"type": "text", "text": text}])

    head = line("session_meta", id="c-1", cwd="/mill")
    _, steps = only(READER, source_of(jsonl(head, said("user", "go"), said("assistant", "Gone."))))
    assert [step.source for step in steps] == [StepSource.USER, StepSource.AGENT]
    assert texts(steps) == ["go", "Gone."]
