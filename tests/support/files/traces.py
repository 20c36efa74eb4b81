"""Small real stores for the tests of the window."""

from __future__ import annotations

import json
from pathlib import Path

from hpm_engine import open_memory

HOSTILE = '<img src="file:///etc/hostname"><b>bold</b>\u202egnp.exe\u200b\x07'


def trajectory(task: str, steps: int = 4) -> str:
    """A SWE-agent trajectory with one failing command, as JSON."""
    turns = [
        {
            "action": f"grep -rn needle{number} src",
            "observation": "Traceback (most recent call last): boom" if number == 1 else "found it",
            "response": f"I look for needle{number}. {task}",
            "state": "{}",
            "thought": f"I look for needle{number}. {task}",
        }
        for number in range(steps)
    ]
    history = [
        {"role": "system", "content": "You are an agent.", "agent": "main"},
        {"role": "user", "content": task, "agent": "main"},
    ]
    for turn in turns:
        history.append({"role": "assistant", "content": turn["response"], "agent": "main"})
        history.append({"role": "user", "content": turn["observation"], "agent": "main"})
    return json.dumps(
        {
            "environment": "swe_main",
            "trajectory": turns,
            "history": history,
            "info": {"exit_status": "submitted", "submission": "diff"},
        }
    )


def write_traces(folder: Path, tasks: list[str]) -> list[Path]:
    """One trajectory file for each task."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, task in enumerate(tasks):
        file = folder / f"demo__repo-{number}.traj"
        file.write_text(trajectory(task), "utf-8")
        files.append(file)
    return files


def make_store(path: Path, tasks: list[str]) -> Path:
    """A store that holds one episode for each task."""
    files = write_traces(path.parent / "traces", tasks)
    with open_memory(path, create=True) as memory:
        report = memory.import_paths(files)
    assert report.episodes_added == len(tasks), report
    return path
