"""The documents that are changed: small ones of every format at hand, archives, and queries."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections import defaultdict
from itertools import islice
from pathlib import Path

import msgspec
import zstandard

from hpm_engine.errors import HPMError
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk

_LINES = 24  # of a session that is a line a record
_SIZE = 24_000  # bytes of a document; larger ones are left out
_EACH = 6  # documents of a format


class Documents(msgspec.Struct, frozen=True):
    """The inputs that mutation starts from."""

    traces: list[bytes]
    archives: list[bytes]
    queries: list[str]


def documents(data: Path | None) -> Documents:
    """Generated documents, and of every format in ``data`` a few of its small ones."""
    traces = [_session(number) for number in range(3)] + [_chat(), _chat(calls=True)]
    traces += _real(data) if data is not None else []
    return Documents(traces, _archives(traces[:3]), list(_QUERIES))


def _session(number: int) -> bytes:
    return b"".join(TraceMaker(number).session(number, 4, 12))


def _chat(calls: bool = False) -> bytes:
    call = {"id": "c1", "function": {"name": "ls", "arguments": '{"path": "a/b"}'}}
    answer: dict[str, object] = {"role": "assistant", "content": [{"type": "text", "text": "done"}]}
    if calls:
        answer["tool_calls"] = [call]
    result = {"role": "tool", "tool_call_id": "c1", "content": "a.py"}
    return json.dumps([{"role": "user", "content": "list it"}, answer, result]).encode()


def _real(data: Path) -> list[bytes]:
    by_format: dict[str, list[bytes]] = defaultdict(list)
    for source in walk([data]):
        if not isinstance(source, SourceFile):
            continue
        try:
            reader = detect(source)
            if isinstance(reader, NotATrace) or len(by_format[reader.format]) >= _EACH:
                continue
            head = b"".join(line + b"\n" for _, line in islice(source.lines(), _LINES))
            small = source.read() if source.size <= _SIZE else head
        except HPMError:
            continue
        if len(small) <= _SIZE:
            by_format[reader.format].append(small)
    return [document for samples in by_format.values() for document in samples]


def _archives(members: list[bytes]) -> list[bytes]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"a/{number}.jsonl", member)
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as tape:
        for number, member in enumerate(members):
            entry = tarfile.TarInfo(f"a/{number}.jsonl")
            entry.size = len(member)
            tape.addfile(entry, io.BytesIO(member))
    tar = tarred.getvalue()
    packed = [gzip.compress(tar), bz2.compress(tar), lzma.compress(tar)]
    return [zipped.getvalue(), tar, *packed, zstandard.compress(members[0])]


_QUERIES = (
    "gradient clipping",
    '"exact words" -without',
    "project:tidewater agent:claude-code (a OR b) -c",
    "tool:bash steps:>100 after:2026-01-01 before:today",
    "re:/fo+ba[rz]/ has:error is:pinned",
    "outcome:failure tier:compressed tag:flaky model:claude-*",
    "file:src/*.py errors:2..9 NOT (x AND y)",
    "会议 C++ UserProfile v2.1.3 \U0001f389",
)
