"""Whether a connection works: each hook is run, and the server is asked for its tools."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hpm_engine.connecting.agents import ConnectableAgent, HookShape
from hpm_engine.connecting.entries import hook_words, server_command
from hpm_engine.connecting.hook_log import HookRun, hook_runs
from hpm_engine.connecting.plan import planned
from hpm_engine.connecting.process import LOOK_S, run_process
from hpm_engine.connecting.receipt import Receipt
from hpm_engine.errors import Cancelled, CannotWrite
from hpm_engine.job import Job

if TYPE_CHECKING:
    from subprocess import Popen

_PATIENCE = 10.0  # s for one hook or the server
_RECENT = 50  # runs of hooks
# Names by which other tools of this kind are known in settings.
_OTHERS = (
    *("agentmemory", "basic-memory", "claude-mem", "cipher", "cognee", "engram", "graphiti"),
    *("letta", "mem0", "memsearch", "mcp-memory-service", "openmemory", "supermemory", "zep"),
)
_VERSION = "2025-11-25"


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at; ``ok`` is ``None`` where a person is to decide.

    ``again`` says that connecting anew mends it.
    """

    name: str
    ok: bool | None
    text: str
    again: bool = False


def checks(
    agent: ConnectableAgent, folder: Path, receipt: Receipt | None, job: Job
) -> Iterator[Check]:
    """Everything that can be said of a connection. Starts programs; writes nothing.

    Raises ``Cancelled``; what was started has ended then.
    """
    if receipt is None:
        yield Check("connected", False, f"{agent.title} is not connected", again=True)
        return
    store = Path(receipt.store)
    yield from _settings(agent, store, folder, receipt)
    yield Check("store", store.is_file(), f"{store}{'' if store.is_file() else ' is not there'}")
    if agent.hook_shape is not HookShape.NONE:
        for event in [event.name for event in agent.events] or ["SessionStart"]:
            yield _hook(agent, store, event, job)
    yield _server(store, job)
    if agent.trust:
        yield Check("trust", None, agent.trust)
    others = sorted(_other_tools(receipt))
    if others:
        named = ", ".join(others)
        yield Check("other tools", None, f"also registered: {named}; both give context")
    yield _failures(agent)


def _settings(
    agent: ConnectableAgent, store: Path, folder: Path, receipt: Receipt
) -> Iterator[Check]:
    project = Path(receipt.project) if receipt.project else None
    try:
        plan = planned(agent, store, folder, project=project)
    except CannotWrite as error:
        yield Check("settings", False, str(error).splitlines()[0])
        return
    for file in plan.files:
        path = str(file.file.path)
        if not any(entry.path == path for entry in receipt.files):
            continue
        text = "has what connecting put in"
        if file.changes:
            text = "lacks some of it, or has it of another installation"
        yield Check("settings", not file.changes, f"{path} {text}", again=file.changes)
    if plan.register:
        text = "was registered" if receipt.registered else "was not registered"
        yield Check("registration", receipt.registered or None, f"the server {text}")


def _hook(agent: ConnectableAgent, store: Path, event: str, job: Job) -> Check:
    words = hook_words(agent, store)
    if not Path(words[0]).exists():
        return Check(event, False, f"{words[0]} is not there any more", again=True)
    sample = {
        "session_id": "hpm-check",
        "hook_event_name": event,
        "cwd": str(Path.cwd()),
        "source": "startup",
        "prompt": "whether this hook works",
        "hpm_check": True,
    }
    try:
        done = run_process(words, job, json.dumps(sample).encode(), seconds=_PATIENCE)
    except OSError as error:
        return Check(event, False, f"the hook did not answer ({error})")
    if done.status:
        return Check(event, False, f"the hook ended with status {done.status}")
    try:
        run = msgspec.json.decode(done.output, type=HookRun)
    except msgspec.DecodeError:
        return Check(event, False, "the hook did not say how it went")
    if run.failure:
        return Check(event, False, f"the hook failed: {run.failure}, after {run.ms:.0f} ms")
    return Check(event, True, f"the hook answers in {run.ms:.0f} ms")


def _server(store: Path, job: Job) -> Check:
    client = {"name": "hpm-check", "version": "1"}
    parameters = {"protocolVersion": _VERSION, "capabilities": {}, "clientInfo": client}
    lines = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    )
    started = time.perf_counter()
    text = "".join(json.dumps(line) + "\n" for line in lines)
    try:
        answers = _talk(server_command(store), text, job)
    except OSError as error:
        return Check("server", False, f"the server did not start ({error})")
    ms = 1000 * (time.perf_counter() - started)
    tools = next((answer for answer in answers if answer.get("id") == 2), {})
    result = tools.get("result")
    names = [tool["name"] for tool in result["tools"]] if isinstance(result, dict) else []
    if not names:
        return Check("server", False, "the server did not list its tools: is the mcp extra there?")
    return Check("server", True, f"the server lists {', '.join(names)} within {ms:.0f} ms")


def _talk(words: Sequence[str], text: str, job: Job) -> list[dict[str, object]]:
    """What a server answers to some lines, up to the answer to the request 2.

    Its input stays open as long: a server whose input ended has no more to answer.
    """
    import subprocess  # no part of opening a window

    answers: list[dict[str, object]] = []
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(process, job, ended), daemon=True)
        watch.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(text.encode())
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                answers.append(answer)
                if answer.get("id") == 2:
                    break
        except (ValueError, AttributeError, BrokenPipeError):
            return []  # it speaks something else, or ended
        finally:
            ended.set()
            process.kill()
    if job.cancelled:
        raise Cancelled
    return answers


def _watch(process: Popen[bytes], job: Job, ended: threading.Event) -> None:
    """End a server that takes too long, or that nobody waits for any more."""
    limit = time.monotonic() + _PATIENCE
    while not ended.wait(LOOK_S):
        if time.monotonic() > limit or job.cancelled:
            process.kill()
            return


def _other_tools(receipt: Receipt) -> set[str]:
    names: set[str] = set()
    for file in receipt.files:
        try:
            text = Path(file.path).read_text(encoding="utf-8", errors="replace").lower()
        except OSError:
            continue
        names |= {name for name in _OTHERS if name in text}
    return names


def _failures(agent: ConnectableAgent) -> Check:
    runs = hook_runs(agent.name)[:_RECENT]
    failed = [run for run in runs if run.failure]
    if not runs:
        return Check("runs", None, "no hook of this agent has run yet")
    last = f"the last: {failed[0].event}, {failed[0].failure}" if failed else "none failed"
    return Check("runs", not failed, f"{len(failed)} of the last {len(runs)} failed; {last}")
