from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import document, memory_source, read_all, read_one, shown

AT = 1767225600000


def tool(call_id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "toolInvocationSerialized",
        "toolCallId": call_id,
        "toolId": name,
        "isComplete": True,
        **more,
    }


SHOWN = {"input": '{"path":"a"}', "output": [{"value": "one", "isText": True}], "isError": True}
RENDERED = {"node": {"children": [{"text": "1: x"}, {"text": "2: y", "lineBreakBefore": True}]}}
CHAT: dict[str, Any] = {
    "sessionId": "c4a7",
    "creationDate": AT,
    "responderUsername": "GitHub Copilot",
    "customTitle": "The ferry",
    "requests": [
        {
            "message": {"text": "Fix the ferry"},
            "timestamp": AT + 1000,
            "modelId": "copilot/m-1",
            "response": [
                {"kind": "mcpServersStarting"},
                {"kind": "thinking", "value": ["I ", "look."]},
                {"value": "See "},
                {"kind": "inlineReference", "inlineReference": {"path": "/w/a.py"}},
                {"value": "."},
                tool("u1", "copilot_readFile"),
                tool("u2", "copilot_replaceString", resultDetails=SHOWN),
                tool("u3", "copilot_find", resultDetails=[{"uri": {"path": "/w/a.py"}}]),
                tool("u4", "run", isComplete=False),
                {"value": "Done."},
                {"kind": "hologram"},
            ],
            "result": {
                "usage": {"promptTokens": 100, "completionTokens": 7},
                "errorDetails": {"message": "Quota."},
                "metadata": {
                    "toolCallRounds": [
                        {"toolCalls": [{"id": "t1", "name": "read", "arguments": '{"p":1}'}]},
                        {"toolCalls": [{"id": t, "name": t, "arguments": "{}"} for t in "abc"]},
                    ],
                    "toolCallResults": {"t1": {"content": [{"value": RENDERED}]}},
                },
            },
        },
        {"message": "Stop", "timestamp": AT + 2000, "response": [], "isCanceled": True},
    ],
}


def test_a_reply_is_one_step_and_its_calls_are_told_once() -> None:
    source = document(CHAT)
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.title) == ("vscode-copilot-chat", "c4a7", "The ferry")
    assert (draft.model, draft.started_at) == ("copilot/m-1", AT * 1000)
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I look."),
            ("message", "See `a.py`."),
            ("call", '{"p":1}'),
            ("call", '{"path":"a"}'),
            ("call", "{}"),
            ("call", "{}"),
            ("message", "Done."),
            ("result", "one"),
            ("result", "/w/a.py"),
        ],
        [("message", "copilot_readFile:\n1: x\n2: y")],
        [("message", "Quota.")],
        [("message", "Stop")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR | StepFlag.UNANSWERED),
        (StepSource.SYSTEM, StepFlag.INJECTED),
        (StepSource.SYSTEM, StepFlag.INJECTED | StepFlag.ERROR),
        (StepSource.USER, StepFlag.INTERRUPTED),
    ]
    assert (steps[1].tokens_in, steps[1].tokens_out) == (100, 7)
    assert dict(source.account.sums().unknown) == {"an item of kind hologram in a reply": 1}


def test_a_journal_is_the_chat_that_it_leaves() -> None:
    first, second = CHAT["requests"]
    journal = [
        {"kind": 0, "v": {**CHAT, "requests": [], "customTitle": "Old"}},
        {"kind": 2, "k": ["requests"], "v": [{**first, "response": [{"value": "wrong"}]}]},
        {"kind": 2, "k": ["requests", 0, "response"], "i": 0, "v": first["response"][:3]},
        {"kind": 2, "k": ["requests", 0, "response"], "v": first["response"][3:]},
        {"kind": 2, "k": ["requests"], "v": [second, second]},
        {"kind": 3, "k": ["requests", 2]},
        {"kind": 1, "k": ["customTitle"], "v": "The ferry"},
    ]
    draft, steps = read_one(memory_source(jsonl(*journal)))
    _, whole = read_one(document(CHAT))
    assert (shown(steps), draft.title) == (shown(whole), "The ferry")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 1, "k": ["requests", 9, "response"], "v": []},
        {"kind": 1, "k": ["requests", "x"], "v": 1},
        {"kind": 2, "k": ["sessionId"], "v": []},
        {"kind": 3, "k": ["requests", 99]},
        {"kind": 7, "k": ["requests"]},
        {"kind": 1, "k": []},
        {"kind": 1},
    ],
)
def test_a_change_to_no_place_is_said(change: dict[str, Any]) -> None:
    source = memory_source(jsonl({"kind": 0, "v": CHAT}, change))
    _, steps = read_one(source)
    assert len(steps) == 5
    assert ("a change to a place that the chat does not have", 1) in source.account.sums().unknown


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("file:///home/mira/my%20ferry", "/home/mira/my ferry"),
        ("file:///c%3A/Users/mira/ferry", "c:/Users/mira/ferry"),
        ("vscode-remote://ssh-remote%2Bbox/home/mira/ferry", "/home/mira/ferry"),
    ],
)
def test_the_folder_is_named_above_the_chat(address: str, folder: str, tmp_path: Path) -> None:
    chats = tmp_path / "chatSessions"
    chats.mkdir()
    (tmp_path / "workspace.json").write_text(json.dumps({"folder": address}))
    (chats / "c4a7.json").write_text(json.dumps(CHAT))
    (source,) = walk([chats])
    assert isinstance(source, SourceFile)
    draft, _ = read_one(source)
    assert draft.cwd == folder


def test_an_empty_chat_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(document({**CHAT, "requests": []}))
