"""An agent in thirty lines: three sessions without memory, then three with it. No network.

python agent.py FOLDER: the sessions and the two stores are kept in FOLDER.
"""

import json
import re
import sys
from pathlib import Path

from hpm_engine import open_memory

TASKS = ("Run the tests of the shop.", "Run the shop's tests again.", "Do the shop's tests pass?")
SHELL = {"pytest": "E  there is no database shop_test", "make db && pytest": "12 passed"}


def model(prompt):
    """A scripted model: it does what passed by what it reads; else it tries, fails, finds out."""
    passed = re.findall(r'"command": "([^"]+)"}\n\d+ passed', prompt)
    return passed[-1:] or list(SHELL)


def remembered(memory, task):
    """The steps of the session that answers the task best."""
    hits = memory.recall.ask(task, 1).hits
    steps = [step for hit in hits for step in memory.steps.read(hit.episode.id)]
    return "\n".join(part.text for step in steps for part in step.parts)


def session(memory, file, task, remembers):
    """Work on a task, and keep what happened; the commands that were run."""
    commands = model(remembered(memory, task) if remembers else "")
    messages = [{"role": "user", "content": task}]
    for command in commands:
        call = {"name": "bash", "arguments": json.dumps({"command": command})}
        calls = [{"id": command, "type": "function", "function": call}]
        messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        messages.append({"role": "tool", "tool_call_id": command, "content": SHELL[command]})
    file.write_text(json.dumps(messages))
    memory.import_paths([file])
    memory.recall.prepare()
    return commands


for name in ("without memory", "with memory"):
    folder = Path(sys.argv[1], name)
    folder.mkdir(parents=True)
    with open_memory(folder / "agent.hpm", create=True) as memory:
        for number, task in enumerate(TASKS, 1):
            ran = session(memory, folder / f"{number}.json", task, name == "with memory")
            print(f"{name}, session {number}: {', then '.join(ran)}")
