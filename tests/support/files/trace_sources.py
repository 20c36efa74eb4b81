"""Small traces of each document format, made here, and the folders and archives that hold them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from typing import Any

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from tests.support.files.agent_files import AGENTS
from tests.support.files.benchmark_files import BENCHMARKS
from tests.support.files.cline_tasks import CLINE
from tests.support.files.small_agents import SMALL_AGENTS
from tests.support.files.web_export_files import WEB_EXPORTS


def memory_source(
    data: bytes, name: str = "trace.json", limits: Limits = DEFAULT_LIMITS
) -> SourceFile:
    return SourceFile(name, len(data), lambda: io.BytesIO(data), limits=limits)


def document(value: Any, name: str = "trace.json") -> SourceFile:
    return memory_source(json.dumps(value).encode(), name)


def read_all(source: SourceFile) -> list[tuple[EpisodeDraft, list[StepDraft]]]:
    """What the reader that recognises the source makes of it."""
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader.reason
    return [(episode, list(episode.steps)) for episode in reader.read(source)]


def read_one(source: SourceFile) -> tuple[EpisodeDraft, list[StepDraft]]:
    (episode,) = read_all(source)
    return episode


def shown(steps: Iterable[StepDraft]) -> list[list[tuple[str, str]]]:
    """Each step as its parts' kinds and texts."""
    return [[(part.kind.value, part.text) for part in step.parts] for step in steps]


def tar_of(members: dict[str, bytes], packing: str = "") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{packing}") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def chat(*messages: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"role": role, "content": content} for role, content in messages]


MINI: dict[str, Any] = {
    "info": {
        "exit_status": "Submitted",
        "submission": "diff --git",
        "model_stats": {"instance_cost": 0.5},
        "mini_version": "1.15.0",
        "config": {"model": {"model_name": "m-1"}, "environment": {"cwd": "/testbed"}},
    },
    "messages": [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": "<pr_description>\nFix the clock\n</pr_description>"},
        {
            "role": "assistant",
            "content": "THOUGHT: look\n\n```bash\nls\n```",
            "extra": {
                "response": {
                    "created": 1763510640,
                    "choices": [{"message": {"reasoning": "I wonder."}}],
                    "usage": {"prompt_tokens": 10, "completion_tokens": 2, "cost": 0.1},
                }
            },
        },
        {"role": "user", "content": "<returncode>1</returncode>\n<output>\nno\n</output>"},
        {"role": "assistant", "content": "```bash\na\n```\n```bash\nb\n```"},
        {"role": "user", "content": "Please always provide EXACTLY ONE action"},
        {
            "role": "assistant",
            "content": "```bash\necho COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT\n```",
        },
        {"role": "user", "content": "diff --git"},
    ],
    "trajectory_format": "mini-swe-agent-1",
    "instance_id": "acme__clock-7",
}

SWE: dict[str, Any] = {
    "trajectory": [
        {
            "action": "ls -a",
            "observation": "main.py",
            "response": "I look.\n```\nls -a\n```",
            "thought": "I look.",
            "execution_time": 0.11,
            "state": {"working_dir": "/testbed"},
            "query": [{"role": "system", "content": "You are an engineer."}] * 3,
        },
        {"action": "", "observation": "", "response": "", "thought": "", "state": {}},
        {
            "action": "str_replace_editor view x",
            "observation": "ERROR: no such file",
            "response": "",
            "thought": "",
            "state": {"working_dir": "/testbed"},
        },
        {
            "action": "submit",
            "observation": "diff --git a",
            "response": "Done.",
            "thought": "Done.",
            "state": {"working_dir": "/testbed"},
        },
    ],
    "history": [
        {"role": "system", "content": "You are an engineer.", "message_type": "system_prompt"},
        {"role": "user", "content": "A demonstration of another task", "is_demo": True},
        {"role": "user", "content": [{"type": "text", "text": "ISSUE:\nThe clock is late\n"}]},
        {"role": "assistant", "content": "I look.", "message_type": "action"},
    ],
    "info": {"submission": "diff --git a", "model_stats": {"instance_cost": 0.25}},
    "replay_config": json.dumps({"agent": {"model": {"name": "gpt-4o"}}}),
    "environment": "acme__clock-7",
}

TAU: list[dict[str, Any]] = [
    {
        "task_id": 3,
        "reward": reward,
        "trial": trial,
        "info": {"task": {"instruction": "You are mia_li_3668. You want to fly."}},
        "traj": [
            {"role": "system", "content": "# Airline Agent Policy\n"},
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "function": {"name": "find", "arguments": '{"id":"x"}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "name": "find", "content": "Error: no user"},
            {"role": "assistant", "content": f"Sorry {trial}"},
        ],
    }
    for trial, reward in enumerate((1.0, 0.0, 0.5))
]

ATIF: dict[str, Any] = {
    "schema_version": "ATIF-v1.5",
    "session_id": "run-42",
    "agent": {"name": "terminus-2", "model_name": "gpt-4o"},
    "steps": [
        {"step_id": 1, "source": "user", "message": "Task Description:\nMake a file"},
        {
            "step_id": 2,
            "source": "agent",
            "message": "I will.",
            "reasoning_content": "Hm.",
            "timestamp": "2025-10-10T06:10:38.5Z",
            "tool_calls": [
                {"tool_call_id": "a", "function_name": "bash", "arguments": {"cmd": "ls"}},
                {"tool_call_id": "b", "function_name": "bash", "arguments": {"cmd": "rm"}},
            ],
            "observation": {"results": [{"source_call_id": "b", "content": "gone"}]},
            "metrics": {"prompt_tokens": 9, "completion_tokens": 4, "cost_usd": 0.5},
        },
    ],
}

DOCUMENTS: dict[str, Any] = (
    {"mini": MINI, "swe": SWE, "tau": TAU, "atif": ATIF}
    | AGENTS
    | BENCHMARKS
    | WEB_EXPORTS
    | CLINE
    | SMALL_AGENTS
)
