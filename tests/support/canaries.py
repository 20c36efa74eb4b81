"""Traces, names and questions in which every text holds a word that must stand in no log."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.support.files.claude_code_lines import agent, at, call, result, said, user
from tests.support.files.traces import trajectory

CANARY = "zimtkanarie"


def session(key: str, turns: int = 6) -> bytes:
    """A session of Claude Code with the word in each of its texts and names."""
    where = {
        "sessionId": f"{key}-{CANARY}id",
        "cwd": f"/home/{CANARY}folder/code/{CANARY}project",
        "gitBranch": f"{CANARY}branch",
    }
    lines = [{"type": "summary", "summary": f"{CANARY}title of {key}", "leafUuid": "u0"}]
    for turn in range(turns):
        number = f"t{turn}"
        lines += [
            user(f"{CANARY}prompt {turn}: repair the gate", 10 * turn, **where),
            agent(
                {"type": "thinking", "thinking": f"{CANARY}thought about gate_{turn}"},
                said(f"{CANARY}reply {turn}"),
                call(number, "Bash", command=f"cat {CANARY}file{turn}.py # {CANARY}argument"),
                message=f"m{turn}",
                second=10 * turn + 1,
                model=f"{CANARY}model",
                **where,
            ),
            user(
                [result(number, f"{CANARY}result gate_{turn} 'KeyError'", is_error=turn % 2 == 1)],
                10 * turn + 2,
                **where,
            ),
        ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def write_traces(folder: Path) -> Path:
    """A folder of whole, damaged and foreign files, with the word in their names and bytes."""
    traces = folder / f"{CANARY}traces"
    traces.mkdir()
    for number in range(4):
        (traces / f"{CANARY}{number}.jsonl").write_bytes(session(f"s{number}"))
        text = trajectory(f"{CANARY}task {number}", 6).replace("needle", f"{CANARY}needle")
        (traces / f"{CANARY}__repo-{number}.traj").write_text(text, "utf-8")
    whole = session("damaged")
    (traces / f"{CANARY}cut.jsonl").write_bytes(whole[: len(whole) // 2])
    (traces / f"{CANARY}torn.jsonl").write_bytes(whole.replace(b'"message"', b'"mess\xff', 3))
    (traces / f"{CANARY}cut.traj").write_text(trajectory(f"{CANARY}task")[:900], "utf-8")
    (traces / f"{CANARY}notes.txt").write_text(f"{CANARY}notes")
    (traces / f"{CANARY}.json").write_text(json.dumps({"messages": [{f"{CANARY}field": at(1)}]}))
    (traces / f"{CANARY}deep.json").write_text("[" * 100_000 + f'"{CANARY}deep"' + "]" * 100_000)
    packed = traces / f"{CANARY}packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{CANARY}member.jsonl", session("zip"))
    torn = bytearray(packed.read_bytes())
    torn[len(torn) // 3] ^= 0xFF
    (traces / f"{CANARY}torn.zip").write_bytes(torn)
    return traces
