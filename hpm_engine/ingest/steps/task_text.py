"""The line that describes a task, from the prompt around it."""

from __future__ import annotations

import re

_LONGEST = 200  # characters of the line
_SCANNED = 40_000  # first characters of a prompt
_INSIDE = re.compile(
    r"<(pr_description|issue|task|problem|question|problem_statement)>(.*?)(?:</\1>|\Z)", re.DOTALL
)
# The task begins after the last of these.
_LEAD_INS = (
    "Consider the following PR description:",
    "We're currently solving the following CTF challenge.",
    "Here's the issue text:",
    "Please solve this issue:",
    "Please solve this task:",
    "NEW TASK DESCRIPTION ---------------------",
    "Task Description:",
    "**Original Task:**",
    "Now, I will start a new problem in a new OS. My problem is:",
)
_HEADINGS = re.compile(r"^(?:ISSUE|TASK|Task|Question|Problem|Issue):\s*", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAGS = re.compile(r"</?[\w-]+(?: [^<>]*)?>")
_MARKS = re.compile(r"^[#>*\-\s]+|[*\s]+$")
_HEADLINES = frozenset(("issue text", "issue", "description", "bug report", "task", "summary"))
_SIMULATED = re.compile(r"^You are (?:[a-z]+_[a-z]+_\d+|your user id is \w+)[.,:;]?\s*(?:and )?")
_LONGEST_ID = 300  # characters; matching takes the square of the length
_INSTANCE = re.compile(
    r"^([A-Za-z0-9][\w.-]*?)__([A-Za-z0-9][\w.-]*?)(?:-i?\d+(?:_\d+)?|\.[0-9a-f]{8}(?:\..+)?)$"
)


def task_line(prompt: str) -> str:
    """The first line of a prompt's task, of at most 200 characters."""
    for line in task_body(prompt).splitlines():
        if plain := _plain(line):
            return plain
    return ""


def task_body(prompt: str) -> str:
    """The task in a prompt, without the text around it."""
    text = _COMMENT.sub("", prompt[:_SCANNED])
    if element := _INSIDE.search(text):
        text = element.group(2)
    for lead_in in _LEAD_INS:
        _, marker, rest = text.partition(lead_in)
        text = rest if marker and rest.strip() else text
    if (heading := _HEADINGS.search(text)) and heading.start() < 400 and text[heading.end() :]:
        text = text[heading.end() :]
    return text.strip()


def _plain(line: str) -> str:
    line = _SIMULATED.sub("", _MARKS.sub("", _TAGS.sub("", line)))
    line = " ".join(line.split())
    if line.lower().rstrip(":") in _HEADLINES or not any(map(str.isalnum, line)):
        return ""
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def project_of(instance_id: str) -> str:
    """The project of an instance: astropy/astropy for astropy__astropy-13033; "" for none."""
    parts = _INSTANCE.match(instance_id) if len(instance_id) <= _LONGEST_ID else None
    return f"{parts[1]}/{parts[2]}" if parts else ""
