"""How an agent stands, in the words of its card."""

from __future__ import annotations

import os
from pathlib import Path

from app.agents.survey import AgentFacts
from app.kit.formatting import counted, number, short_path
from app.kit.list_times import list_time
from app.kit.theme.colour import Colour
from hpm_engine import (
    LATELY_DAYS,
    AgentConnection,
    AgentFailures,
    Check,
    ConnectionReport,
    failure_words,
)

NOT_CONNECTED = "Not connected"
_MARKS = {True: "✓", False: "✗", None: "·"}
_TONES = {True: None, False: Colour.BAD, None: Colour.MUTED}
_CHECKED = {
    "connected": "Connected",
    "settings": "Settings",
    "store": "Store",
    "server": "Server",
    "registration": "Registration",
    "trust": "Trust",
    "other tools": "Other tools",
    "runs": "Hooks so far",
}


def headline(connections: tuple[AgentConnection, ...]) -> tuple[str, Colour]:
    """Whether an agent is connected, and to what, with the tone of it."""
    if not connections:
        return f"· {NOT_CONNECTED}", Colour.MUTED
    whole = next((held for held in connections if not held.project), None)
    if whole is None:
        here = sum(held.here for held in connections)
        if here:
            return f"✓ Connected to this store in {counted(here, 'project')}", Colour.GOOD
        return "· Connected to another store, in single projects", Colour.MUTED
    if whole.trouble:
        return "! Its settings cannot be understood", Colour.WARN
    if whole.missing:
        verb = "is" if whole.missing == ("server",) else "are"
        what = " and ".join(f"its {part}" for part in whole.missing)
        return f"! Connected, but {what} {verb} missing", Colour.WARN
    if not whole.here:
        return "! Connected to another store", Colour.WARN
    return "✓ Connected to this store", Colour.GOOD


def store_line(connection: AgentConnection) -> str:
    """Which store a connection is to; "" for the open one."""
    if connection.here:
        return ""
    gone = "" if connection.store_there else ", which is not there"
    return f"{short_path(connection.store)}{gone}"


def ways_line(connection: AgentConnection) -> str:
    """What an agent has by a connection."""
    if connection.trouble:
        return connection.trouble
    ways = [
        *(["hooks, which give it context unasked"] if connection.hooks else []),
        *(["the server, which it asks by itself"] if connection.server else []),
    ]
    text = " and ".join(ways) or "nothing: neither hooks nor the server stand in its settings"
    return f"{text} (put in by hand)" if connection.by_hand else text


def last_line(facts: AgentFacts) -> str:
    """Its last recall: when, of what, how large."""
    last = facts.last
    if last is None:
        return "never in this store"
    cue = " ".join(last.last_cue.split())
    about = f"“{cue[:60]}{'…' if len(cue) > 60 else ''}”" if cue else "where a session began"
    return f"{list_time(last.last_at)}, {about}, {counted(last.last_tokens, 'token')}"


def given_line(facts: AgentFacts) -> str:
    """What it was given in the last days."""
    if facts.last is None:
        return ""
    parts = []
    for days, (recalls, tokens) in ((7, facts.week), (30, facts.month)):
        given = f"{counted(tokens, 'token')} in {counted(recalls, 'recall')}"
        parts.append(f"{given} in {days} days" if recalls else f"nothing in {days} days")
    return "; ".join(parts)


def failures_line(failures: AgentFailures | None) -> str:
    """How many of its hooks failed lately, and why the last did."""
    if failures is None:
        return ""
    reason, remedy = failure_words(failures.last.failure)
    times = f"{number(failures.failed)} of {number(failures.runs)} in {LATELY_DAYS} days"
    since = f" {counted(failures.since, 'run')} went well since." if failures.since else ""
    event = failures.last.event or "a hook"
    return f"{times}. The last {list_time(failures.last.at)}, {event}: {reason}.{since} {remedy}"


def check_line(result: Check) -> tuple[str, Colour | None]:
    """One thing that was tried, in a line with its tone."""
    name = _CHECKED.get(result.name, f"Hook {result.name}")
    again = ". Connect it again." if result.again else ""
    text = result.text.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")
    return f"{_MARKS[result.ok]} {name}: {text}{again}", _TONES[result.ok]


def checked_headline(results: list[Check]) -> tuple[str, Colour]:
    """What came out of trying all parts."""
    failed = sum(result.ok is False for result in results)
    if failed:
        return f"✗ {counted(failed, 'part')} of the connection failed", Colour.BAD
    return "✓ Every part of the connection works", Colour.GOOD


def report_lines(report: ConnectionReport, done: str) -> list[str]:
    """What was changed, where the files of before lie, and that it can be taken back."""
    lines = [f"Changed: {short_path(path)}" for path in report.changed]
    lines += [f"As it was before: {short_path(path)}" for path in report.backups]
    if report.registered:
        lines.append("Its own command has registered the server.")
    return lines or [done]
