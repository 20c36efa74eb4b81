"""Whose words, and where: Gemini CLI's injected context and the file that names the folder."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.cases import CASES

CASE = CASES / "31-gemini-session-context"
WORDS = "Candle the eggs"
SETUP = (
    "This is the Gemini CLI. We are setting up the context for our chat.\n"
    "Today's date is Tuesday.\nI'm currently working in the directory: /home/ada/work/orchard\n"
)
SESSION = (
    "<session_context>\nThis is the Gemini CLI.\n- **Workspace Directories:**\n"
    "  - /home/ada/work/orchard\n</session_context>"
)
HOOK = "<hook_context>old notes about geese</hook_context>"
FILES = "\n--- Content from referenced files ---"


def read_all(source: SourceFile) -> list[tuple[Any, list[Any]]]:
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader.reason
    return [(draft, list(draft.steps)) for draft in reader.read(source)]


def memory(data: bytes) -> SourceFile:
    return SourceFile("session.json", len(data), lambda: io.BytesIO(data))


def parts_of(texts: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"text": text} for text in texts]


def as_document(*messages: tuple[str, ...], shown: str = "") -> bytes:
    head = {"sessionId": "s1", "projectHash": "0" * 64}
    return json.dumps({**head, "messages": list(entries(messages, shown))}).encode()


def as_lines(*messages: tuple[str, ...], shown: str = "") -> bytes:
    head = {"sessionId": "s1", "projectHash": "0" * 64, "kind": "main"}
    return "".join(json.dumps(line) + "\n" for line in (head, *entries(messages, shown))).encode()


def as_checkpoint(*messages: tuple[str, ...], shown: str = "") -> bytes:
    history = [{"role": "user", "parts": parts_of(texts)} for texts in messages]
    return json.dumps([*history, {"role": "model", "parts": [{"text": "Nine."}]}]).encode()


def entries(messages: tuple[tuple[str, ...], ...], shown: str) -> Any:
    more = {"displayContent": shown} if shown else {}
    for index, texts in enumerate(messages):
        yield {"id": f"m{index}", "type": "user", "content": parts_of(texts), **more}
    yield {"id": "last", "type": "gemini", "content": "Nine.", "model": "gemini-3"}


def prompts(steps: list[Any]) -> list[tuple[bool, str]]:
    users = [step for step in steps if step.source is StepSource.USER]
    return [(bool(s.flags & StepFlag.INJECTED), s.parts[0].text) for s in users]


def test_titles_marks_and_projects() -> None:
    drafts = {}
    for source in walk([CASE]):
        if isinstance(source, SourceFile) and source.name.endswith((".json", ".jsonl")):
            ((draft, steps),) = read_all(source)
            drafts[draft.key[-1]] = (draft.task, draft.project, draft.cwd, prompts(steps))
    assert drafts["1"][0] == WORDS
    assert [injected for injected, _ in drafts["1"][3]] == [True, False]
    assert drafts["2"] == (
        *("Count the ducklings", "orchard", "/home/ada/work/orchard"),
        [(False, "Count the ducklings"), (True, HOOK)],
    )


@pytest.mark.parametrize("form", [as_document, as_lines, as_checkpoint])
def test_context_is_marked_wherever_it_stands(form: Any) -> None:
    for context in (SETUP, SESSION):
        ((draft, steps),) = read_all(memory(form((context,), (WORDS,))))
        assert (draft.task, prompts(steps)) == (WORDS, [(True, context), (False, WORDS)])
        assert (draft.cwd, draft.project) == ("/home/ada/work/orchard", "orchard")
    for texts in ((WORDS, HOOK), (f"{WORDS}\n\n{HOOK}",)):
        ((draft, steps),) = read_all(memory(form(texts)))
        assert (draft.task, prompts(steps)) == (WORDS, [(False, WORDS), (True, HOOK)])
    ((draft, steps),) = read_all(memory(form((HOOK, WORDS))))
    assert (draft.task, prompts(steps)) == (WORDS, [(True, HOOK), (False, WORDS)])
    ((draft, steps),) = read_all(memory(form((f"{WORDS} @a.txt", FILES, "\nContents"))))
    assert [injected for injected, _ in prompts(steps)] == [False, True]


@pytest.mark.parametrize("form", [as_document, as_lines])
def test_what_was_typed_is_known_where_the_session_says_so(form: Any) -> None:
    typed = "<order_line>7 eggs</order_line>"
    ((_, steps),) = read_all(memory(form((typed,), shown=typed)))
    assert prompts(steps) == [(False, typed)]
    ((_, steps),) = read_all(memory(form((f"{WORDS}\nnotes of the house",), shown=WORDS)))
    assert prompts(steps) == [(False, WORDS), (True, "notes of the house")]


def test_the_reply_that_the_harness_writes_itself_is_marked() -> None:
    history = [
        {"role": "user", "parts": [{"text": SETUP}]},
        {"role": "model", "parts": [{"text": "Got it. Thanks for the context!"}]},
        {"role": "user", "parts": [{"text": WORDS}]},
        {"role": "model", "parts": [{"text": "Got it. Thanks for the context!"}]},
    ]
    ((_, steps),) = read_all(memory(json.dumps(history).encode()))
    marked = [bool(step.flags & StepFlag.INJECTED) for step in steps]
    assert marked == [True, True, False, False]


def test_two_sessions_in_one_file_are_two() -> None:
    first, second = as_lines((WORDS,)), as_lines(("Count the ducklings",))
    data = first + second.replace(b'"s1"', b'"s2"')
    task_of = {draft.key: draft.task for draft, _ in read_all(memory(data))}
    assert task_of == {"s1": WORDS, "s2": "Count the ducklings"}
    ((draft, steps),) = read_all(memory(first + first))
    assert (draft.key, len(steps)) == ("s1", 2)


def test_a_checkpoint_knows_its_project(tmp_path: Path) -> None:
    (tmp_path / ".project_root").write_text("/home/ada/work/orchard/\n")
    path = tmp_path / "checkpoint-a.json"
    path.write_bytes(as_checkpoint((WORDS,)))
    (source,) = walk([path])
    assert isinstance(source, SourceFile)
    ((draft, _),) = read_all(source)
    assert (draft.cwd, draft.project) == ("/home/ada/work/orchard", "orchard")


def test_the_summary_of_a_session_is_its_title() -> None:
    summary = json.dumps({"$set": {"summary": "Eggs held\nto a light"}}).encode()
    ((draft, _),) = read_all(memory(as_lines((WORDS,)) + summary + b"\n"))
    assert draft.title == "Eggs held to a light"
