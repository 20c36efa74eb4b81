"""Scripts written as Codex's rollouts: the model's items beside the window's events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from hpm_engine.sample import codex_tools as tools
from hpm_engine.sample.claude_sessions import Files, stamp
from hpm_engine.sample.identity import IdentifierStream
from hpm_engine.sample.script import Act, Ask, Compaction, ScriptTurn, SessionScript, Stop

_ENCODER = msgspec.json.Encoder()
_WINDOW = 258_400  # tokens of the model's context
_SLOW = 10.0  # seconds after which a command goes on in the background
_BASE = (
    "You are a coding agent that shares a workspace with a person. Work until the goal is "
    "reached, keep changes small, and say what you did. (Invented text of a generated sample.)"
)


def render(script: SessionScript) -> Files:
    """The rollout's file."""
    moment = datetime.fromtimestamp(script.started_at / 1000, UTC)
    name = f"rollout-{moment:%Y-%m-%dT%H-%M-%S}-{script.key}.jsonl"
    return {f".codex/sessions/{moment:%Y/%m/%d}/{name}": _CodexWriter(script).file()}


class _CodexWriter:
    """The lines of one rollout."""

    def __init__(self, script: SessionScript) -> None:
        self._script = script
        self._names = IdentifierStream(f"codex:{script.key}")
        self._lines: list[bytes] = []
        self._turn_id = ""
        self._context, self._total_in, self._total_out = 9_000, 0, 0
        self._said = ""

    def file(self) -> bytes:
        """The whole file."""
        self._head()
        for event in self._script.events:
            match event:
                case Ask():
                    self._ask(event)
                case ScriptTurn():
                    self._turn(event)
                case Stop():
                    reason = {"type": "turn_aborted", "reason": "interrupted"}
                    self._event(event.at, reason | {"turn_id": self._turn_id})
                case Compaction():
                    self._line(
                        event.at, "compacted", {"message": event.summary, "replacement_history": []}
                    )
                    self._event(event.at + 5, {"type": "context_compacted"})
                    self._context = 11_000
        if not isinstance(self._script.events[-1], Stop):
            self._complete(self._script.ended_at + 900)
        return b"\n".join(self._lines) + b"\n"

    def _line(self, at: int, kind: str, payload: dict[str, Any]) -> None:
        record = {"timestamp": stamp(at), "type": kind, "payload": payload}
        self._lines.append(_ENCODER.encode(record))

    def _item(self, at: int, payload: dict[str, Any]) -> None:
        self._line(at, "response_item", payload)

    def _event(self, at: int, payload: dict[str, Any]) -> None:
        self._line(at, "event_msg", payload)

    def _head(self) -> None:
        script = self._script
        git = {"commit_hash": self._names.hexadecimal(40), "branch": script.branch}
        meta: dict[str, Any] = {
            "id": script.key,
            "timestamp": stamp(script.started_at),
            "cwd": script.home,
            "originator": "codex-tui",
            "cli_version": "0.125.0",
            "source": "cli",
            "model_provider": "openai",
            "base_instructions": {"text": _BASE},
            "git": git | {"repository_url": script.repository},
        }
        if script.continues is not None:
            meta["forked_from_id"] = script.continues.key
        self._line(script.started_at, "session_meta", meta)
        rules = f"# AGENTS.md instructions for {script.home}\n\n<INSTRUCTIONS>\nSee README.md.\n"
        environment = f"<environment_context>\n  <cwd>{script.home}</cwd>\n  <shell>bash</shell>\n"
        texts = [rules + "</INSTRUCTIONS>", environment + "</environment_context>"]
        self._item(script.started_at + 2, _message("user", "input_text", *texts))

    def _ask(self, event: Ask) -> None:
        if self._turn_id:
            self._complete(event.at - 1_000)
        self._turn_id = self._names.timed_uuid(event.at)
        started = {"type": "task_started", "turn_id": self._turn_id}
        self._event(event.at, started | {"model_context_window": _WINDOW})
        context = {"turn_id": self._turn_id, "cwd": self._script.home, "model": self._script.model}
        policy = {"approval_policy": "on-request", "sandbox_policy": {"type": "workspace-write"}}
        self._line(event.at + 1, "turn_context", context | policy | {"effort": "medium"})
        self._item(event.at + 2, _message("user", "input_text", event.text))
        prompt = {"type": "user_message", "message": event.text, "images": [], "local_images": []}
        self._event(event.at + 3, prompt | {"text_elements": []})
        self._context += len(event.text) // 4

    def _complete(self, at: int) -> None:
        done = {"type": "task_complete", "turn_id": self._turn_id}
        self._event(at, done | {"last_agent_message": self._said})

    def _turn(self, turn: ScriptTurn) -> None:
        if turn.thought:
            self._reason(turn.at, turn.thought)
        if turn.said:
            self._said = turn.said
            phase = "commentary" if turn.acts else "final_answer"
            message = {"type": "agent_message", "message": turn.said, "phase": phase}
            self._event(turn.at + 200, message)
            said = _message("assistant", "output_text", turn.said)
            self._item(turn.at + 205, said | {"phase": phase})
        calls = [(self._names.word("call_", 24), act) for act in turn.acts]
        for name, act in calls:
            self._call(turn.at + 400, name, act)
        self._count(turn.at + 600, len(turn.thought + turn.said) // 4 + 60 * len(calls))
        for name, act in calls:
            self._result(turn.at + 700, name, act)

    def _reason(self, at: int, thought: str) -> None:
        self._event(at, {"type": "agent_reasoning", "text": thought})
        summary = [{"type": "summary_text", "text": thought}]
        sealed = self._names.word("gAAAAAB", 160)
        item = {"type": "reasoning", "summary": summary, "content": None}
        self._item(at + 5, item | {"encrypted_content": sealed})

    def _call(self, at: int, name: str, act: Act) -> None:
        if act.tool == "edit":
            call = {"type": "custom_tool_call", "status": "completed", "call_id": name}
            self._item(at, call | {"name": "apply_patch", "input": tools.patch(act)})
            return
        tool = "update_plan" if act.tool == "plan" else "exec_command"
        text = tools.arguments(act, self._script.home)
        self._item(at, {"type": "function_call", "name": tool, "arguments": text, "call_id": name})

    def _result(self, at: int, name: str, act: Act) -> None:
        at += int(min(act.seconds, _SLOW) * 1000)
        if act.tool == "edit":
            output = {"type": "custom_tool_call_output", "call_id": name}
            self._item(at, output | {"output": tools.patched(act)})
        elif act.tool == "plan":
            self._output(at, name, "Plan updated")
        else:
            text, code = tools.printed(act)
            self._context += len(text) // 4
            chunk = self._names.hexadecimal(6)
            if act.seconds > _SLOW:
                self._slow(at, name, act, text, code)
            else:
                status = f"Process exited with code {code}"
                self._output(at, name, tools.report(chunk, act.seconds, status, text))

    def _output(self, at: int, name: str, text: str) -> None:
        self._item(at, {"type": "function_call_output", "call_id": name, "output": text})

    def _slow(self, at: int, name: str, act: Act, text: str, code: int) -> None:
        """A command that still ran when its call returned; its end comes as an event."""
        process = str(int(self._names.hexadecimal(4), 16))
        chunk, status = self._names.hexadecimal(6), f"Process running with session ID {process}"
        self._output(at, name, tools.report(chunk, _SLOW, status, ""))
        end = {"type": "exec_command_end", "call_id": name, "process_id": process}
        command = {"command": ["/bin/bash", "-lc", act.command], "cwd": self._script.home}
        result = {"stdout": "", "stderr": "", "aggregated_output": text, "exit_code": code}
        left = int((act.seconds - _SLOW) * 1000)
        span = {"duration": {"secs": int(act.seconds), "nanos": 0}, "status": "completed"}
        self._event(at + left, end | {"turn_id": self._turn_id} | command | result | span)

    def _count(self, at: int, written: int) -> None:
        self._total_in += self._context
        self._total_out += written
        last = {"input_tokens": self._context, "cached_input_tokens": self._context * 9 // 10}
        last |= {"output_tokens": written, "total_tokens": self._context + written}
        total = {"input_tokens": self._total_in, "cached_input_tokens": self._total_in * 9 // 10}
        total |= {"output_tokens": self._total_out}
        total["total_tokens"] = self._total_in + self._total_out
        info = {"total_token_usage": total, "last_token_usage": last}
        info_all: dict[str, Any] = info | {"model_context_window": _WINDOW}
        self._event(at, {"type": "token_count", "info": info_all, "rate_limits": None})
        self._context += written


def _message(role: str, kind: str, *texts: str) -> dict[str, Any]:
    content = [{"type": kind, "text": text} for text in texts]
    return {"type": "message", "role": role, "content": content}
