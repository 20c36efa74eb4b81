"""What leaves a store or its view, as the audit log tells of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpm_engine.audit.parsed_row import ParsedRow, Part, cut
from hpm_engine.words.plurals import counted


def _erase(row: ParsedRow) -> Sequence[Part]:
    touched, topics = row.number("touched"), row.number("topics")
    what = counted(row.number("episodes"), "episode") if row.number("episodes") else ""
    what = what or f"a text in {counted(touched, 'episode')}"
    too = f"; {counted(topics, 'topic')} went with it" if topics else ""
    return (f"Erased (receipt {cut(row.key)}): {what}{too}",)


LEAVING: dict[str, Callable[[ParsedRow], Sequence[Part]]] = {
    "delete": lambda row: (row.subject(), " deleted: it is in the trash"),
    "quarantine": lambda row: (row.subject(), " set apart: neither recalled nor learned"),
    "release": lambda row: (row.subject(), " released from quarantine"),
    "erase": _erase,
    "erased": lambda row: (f"Erasure {cut(row.key)}: its bytes are gone from the file",),
    "undelete": lambda row: (row.subject(), " restored from the trash"),
}
