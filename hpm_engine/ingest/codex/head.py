"""The head, or first line, of a Codex rollout in which it is damaged or missing."""

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
    """The head in the first ``before`` bytes, which contain no whole record.

    It has what the bytes tell, else only the id in the file's name; None without a sign of a head.
    ``headed``: the first whole record is a head, which is another's if one was lost.
    """
    bare = source.head[:before]
    lost = bare.strip(_BLANKS)
    if headed and not (b'"' in lost or b"\0" in bare):
        return None
    if headed and not bare.endswith(b"\n") and source.head[before:].startswith(lost):
        return None  # the same head: cut, then written again on the same line
    name_id = id_of_name(source.name)
    head = _cut_head(lost, source)
    if head is None and (name_id or (headed and lost)):
        head = Meta()  # Codex writes nothing before a head but another head
    if head is not None:
        head.id = head.id or name_id or None
    return head


def id_of_name(name: str) -> str:
    """The session's id in a rollout's name, ``rollout-TIME-ID.jsonl``; "" in any other name."""
    stem = name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return stem[-36:] if stem.startswith("rollout-") and _UUID.fullmatch(stem[-36:]) else ""


def _cut_head(lost: bytes, source: SourceFile) -> Meta | None:
    """The head in a cut first line, without its last value, which may be cut as well."""
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
