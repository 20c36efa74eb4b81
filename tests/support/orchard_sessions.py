"""Four sessions of one project, of which the third could have been told what the first found."""

from __future__ import annotations

import json
from pathlib import Path

from hpm_engine import open_memory

CWD = "/home/ada/orchard"
ID = "{:08d}-2222-4333-8444-555555555555"


def call(number: int, name: str, **arguments: str) -> dict[str, object]:
    return {"type": "tool_use", "id": f"t{number}", "name": name, "input": arguments}


def result(number: int, text: str, *, failed: bool = False) -> dict[str, object]:
    return {
        "type": "tool_result",
        "tool_use_id": f"t{number}",
        "content": text,
        "is_error": failed,
    }


def session(
    folder: Path, day: int, task: str, *turns: tuple[dict[str, object], dict[str, object]]
) -> Path:
    base = {"sessionId": ID.format(day), "cwd": CWD, "timestamp": f"2026-01-{day:02d}T10:00:00Z"}
    records = [{"type": "user", "uuid": "u0", "message": {"role": "user", "content": task}}]
    for number, (asked, came) in enumerate(turns):
        reply = {"id": f"m{number}", "role": "assistant", "content": [asked]}
        records += [
            {"type": "assistant", "uuid": f"a{number}", "message": reply},
            {"type": "user", "uuid": f"r{number}", "message": {"role": "user", "content": [came]}},
        ]
    path = folder / f"{ID.format(day)}.jsonl"
    path.write_text("".join(json.dumps(base | record) + "\n" for record in records))
    return path


def edit(number: int, path: str) -> tuple[dict[str, object], dict[str, object]]:
    changed = call(number, "Edit", file_path=f"{CWD}/{path}", old_string="a", new_string="b")
    return changed, result(number, "done")


def shell(number: int, command: str, *, failed: bool = False) -> tuple[dict[str, object], ...]:
    return call(number, "Bash", command=command), result(number, "out", failed=failed)


def orchard_files(folder: Path) -> list[Path]:
    """The files of the four sessions."""
    flood = "The pump floods row seven when the valve sensor reports zero"
    return [
        session(
            folder,
            1,
            flood,
            shell(0, "make flood-check ROW=7"),
            shell(1, "python simulate_valve.py --zero", failed=True),
            edit(2, "water/pump.py"),
        ),
        session(folder, 2, "Print the harvest ledger", edit(0, "ledger/print.py")),
        session(
            folder,
            3,
            "Row seven is flooded again, the pump valve sensor is at zero",
            shell(0, "git log --oneline -20"),
            shell(1, "python simulate_valve.py --zero", failed=True),
            edit(2, "water/pump.py"),
            shell(3, "make flood-check ROW=7"),
        ),
        session(
            folder,
            4,
            "Change water/pump.py: the pump valve sensor",
            edit(0, "water/pump.py"),
        ),
    ]


def orchard_store(folder: Path, sessions: int = 4) -> Path:
    """A store of the first of these sessions, ready for recall."""
    store = folder / "my.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths(orchard_files(folder)[:sessions])
        memory.encode()
        memory.recall.prepare()
    return store
