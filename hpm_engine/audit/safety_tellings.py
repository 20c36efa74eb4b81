"""What rows of the log on backups and repairs say happened, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.audit.parsed_row import ParsedRow, Part, cut
from hpm_engine.words.plurals import counted

_EVERY = {"hour": "every hour", "day": "every day", "week": "every week"}


def _back_up(row: ParsedRow) -> Sequence[Part]:
    by_itself = " by itself" if row.detail.get("planned") else ""
    rows = counted(row.number("rows"), "row")
    return (f"Backed up{by_itself}: {row.number('size'):,} bytes, with {rows} of the log",)


def _forget(row: ParsedRow) -> Sequence[Part]:
    removed = row.detail.get("removed")
    return ("Old backup removed" if removed else "A backup is no longer where it was",)


def _plan(row: ParsedRow) -> Sequence[Part]:
    every = _EVERY.get(row.word("every"))
    return (f"Backups planned: {every}" if every else "No more backups by itself",)


def _restore(row: ParsedRow) -> Sequence[Part]:
    lost = row.number("log_rows_lost")
    gone = f"; {counted(lost, 'row')} of the log after it are in the file that was put aside"
    return (f"Went back to a backup of {row.number('rows'):,} rows{gone if lost else ''}",)


def _repair(row: ParsedRow) -> Sequence[Part]:
    parts = row.detail.get("made_again")
    names = ", ".join(cut(str(each)) for each in parts) if isinstance(parts, list) else ""
    return (f"Repaired: {names or 'nothing'} made again",)


def _salvage(row: ParsedRow) -> Sequence[Part]:
    episodes = counted(row.number("episodes"), "episode")
    steps = counted(row.number("steps"), "step")
    return (f"Saved from a damaged file: {episodes}, {steps}",)


def _mask(row: ParsedRow) -> Sequence[Part]:
    return f"Secrets redacted in {counted(row.number('steps'), 'step')} of ", row.subject()


def _purge(row: ParsedRow) -> Sequence[Part]:
    files = counted(row.number("sources"), "original file")
    episodes = counted(row.number("episodes"), "episode")
    return (f"{counted(row.number('secrets'), 'secret')} redacted for good: {episodes}, {files}",)


def _passphrase(row: ParsedRow) -> Sequence[Part]:
    if not row.detail.get("sealed"):
        return ("The store's passphrase was taken away: its file can be read by anybody",)
    return (
        "The store has another passphrase" if row.detail.get("was") else "Put under a passphrase",
    )


SAFETY_TELLINGS = {
    "redact secrets": _mask,
    "purge secrets": _purge,
    "clear secrets": lambda row: (f"{counted(row.number('secrets'), 'secret')} said to be none",),
    "confirm secrets": lambda row: (f"{counted(row.number('secrets'), 'secret')} confirmed",),
    "create": lambda _: ("Store created",),
    "erase contents": lambda row: (
        f"What {counted(row.entries('rows'), 'row')} of the log said is erased; the rows stay",
    ),
    "passphrase": _passphrase,
    "back up": _back_up,
    "forget backup": _forget,
    "pin backup": lambda _: ("A backup pinned: it stays whatever the plan says",),
    "unpin backup": lambda _: ("A backup no longer pinned",),
    "plan backups": _plan,
    "restore backup": _restore,
    "repair": _repair,
    "salvage": _salvage,
}
