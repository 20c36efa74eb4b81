"""Whose session a Codex rollout is where its first line, the head, is damaged or missing."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.codex.lines import META, Meta
from hpm_engine.ingest.sources.opening import read_opening
from hpm_engine.ingest.sources.source import SourceFile

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLANKS = b"\xef\xbb\xbf \t\r\n\0\x1e"


def lost_head(source: SourceFile, before: int, *, headed: bool) -> Meta | None:
    """The head that stood in the first ``before`` bytes, which hold no whole record.

    As far as they tell, else by the id that the file is named by; None where nothing tells that
    a head was there. ``headed``: the first whole record is a head, another's if one was lost.
    """
    bare = source.head[:before]
    lost = bare.strip(_BLANKS)
    if headed and not (b'"' in lost or b"\0" in bare):
        return None
    if headed and not bare.endswith(b"\n") and source.head[before:].startswith(lost):
        return None  # the same head, begun, and written again on the same line
    name_id = id_of_name(source.name)
    head = _cut_head(lost, source)
    if head is None and (name_id or (headed and lost)):
        head = Meta()  # Codex writes nothing before a head but another head
    if head is not None:
        head.id = head.id or name_id or None
    return head


def id_of_name(name: str) -> str:
    """The session's id in a rollout's name, ``rollout-TIME-ID.jsonl``; "" in any other."""
    stem = name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return stem[-36:] if stem.startswith("rollout-") and _UUID.fullmatch(stem[-36:]) else ""


def _cut_head(lost: bytes, source: SourceFile) -> Meta | None:
    """What a cut first line still says; its last value, which may be cut as well, is left out."""
    try:
        record = read_opening(lost, source.name, source.limits.json_depth).keys
    except CannotImport:
        record = {}
    payload = record.get("payload")
    if b'"session_meta"' not in lost:
        return None
    head = META.decode(msgspec.json.encode(payload)) if isinstance(payload, dict) else None
    head = head or Meta()
    time = record.get("timestamp")
    head.timestamp = head.timestamp or (time if isinstance(time, str) else None)
    return head
