"""A home folder in which agents have worked: sessions that differ in length, cost and outcome."""

from __future__ import annotations

import json
from pathlib import Path

from hpm_engine import open_memory
from tests.support.files.claude_code_lines import agent, at, call, result, said, user
from tests.support.files.line_records import codex
from tests.support.files.line_sources import jsonl

TOPICS = ("parse the invoice", "draw the sailing map", "sort the beehive records")
FAILED = "sort the beehive records number 11"  # in more than 40 steps, with a ValueError
DEAREST = "draw the sailing map number 4"
ANSWER = "The change is made and the tests pass"
_LONG = 42  # calls
_SHORT = 4


def write_home(home: Path, sessions: int = 14) -> None:
    """Sessions of Claude Code, and one of Codex, where those agents keep them."""
    for number in range(sessions):
        topic = number % len(TOPICS)
        folder = home / ".claude" / "projects" / f"-home-me-shop{topic}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{_key(number)}.jsonl").write_bytes(_session(number, topic))
    (folder.parent / "-home-me-shop2" / "labels.csv").write_text(
        f"instance_id,resolved\n{_key(11)},false\n", "utf-8"
    )
    folder = home / ".codex" / "sessions" / "2026" / "01" / "02"
    folder.mkdir(parents=True)
    lines = b"".join(json.dumps(codex(n)).encode() + b"\n" for n in range(6))
    (folder / "rollout-2026-01-02T03-04-05-5e551011.jsonl").write_bytes(lines)


def learned(home: Path) -> Path:
    """A store of those sessions: prepared for recall, a part of it learned."""
    path = home / "memory.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([home / ".claude" / "projects"])
        memory.encode()
        memory.recall.prepare()
        memory.consolidation.run(20, bound=1.0)
    return path


def _key(number: int) -> str:
    return f"11111111-2222-4333-8444-{number:012}"


def _session(number: int, topic: int) -> bytes:
    task = f"{TOPICS[topic]} number {number}"
    spent = 90_000 if task == DEAREST else 1_000
    more = {
        "model": "claude-opus-4-5",
        "usage": {"input_tokens": spent, "output_tokens": spent // 10},
    }
    lines = [_line(user(f"Please {task}"), number, topic)]
    for step in range(_LONG if task == FAILED else _SHORT):
        failed = step == 1
        trouble = "ValueError: no such record" if task == FAILED else "FileNotFoundError: gone"
        text = trouble if failed else f"{TOPICS[topic]}: {step} of the records are read"
        asked = call(f"c{step}", command=f"grep -n {TOPICS[topic].split()[-1]}{step} src")
        words = said(f"I look at part {step} of it, to {TOPICS[topic]}.")
        second = 2 * step + 1
        lines += [
            _line(agent(words, asked, message=f"m{step}", second=second, **more), number, topic),
            _line(user([result(f"c{step}", text, is_error=failed)], second + 1), number, topic),
        ]
    end = agent(said(f"{ANSWER}: {task}."), message="end", second=99, **more)
    return jsonl(*lines, _line(end, number, topic))


def _line(line: dict[str, object], number: int, topic: int) -> dict[str, object]:
    stamp = str(line.get("timestamp", at(0))).replace("-01-02T", f"-01-{number + 1:02}T")
    return {**line, "sessionId": _key(number), "cwd": f"/home/me/shop{topic}", "timestamp": stamp}
