"""A session's lines in one JSON document: the web export's ``loglines``, or a bare list."""

from __future__ import annotations

from collections.abc import Generator

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.claude_code.evidence import lists_session
from hpm_engine.ingest.claude_code.lines import LINE, ClaudeLine
from hpm_engine.ingest.json.text import RAW_LIST, located
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile


class _Export(msgspec.Struct):
    """The envelope of a web export."""

    loglines: list[msgspec.Raw]


_EXPORT = msgspec.json.Decoder(_Export)


def is_export(source: SourceFile) -> bool:
    """Whether the source is a web export."""
    return not source.opening.more and isinstance(source.opening.keys.get("loglines"), list)


def is_list(source: SourceFile) -> bool:
    """Whether the source is a whole JSON list of a session's lines."""
    if source.head.lstrip()[:1] != b"[" or not lists_session(source.opening.value):
        return False
    try:
        return bool(RAW_LIST.decode(source.read()))
    except (CannotImport, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # its lines may be read one by one


def export_lines(
    source: SourceFile, account: Account
) -> Generator[Located[ClaudeLine], None, None]:
    """The log lines of a web export; raises ``CannotImport`` where it is no valid JSON."""
    document = source.read()
    try:
        listed = document.lstrip()[:1] == b"["
        raws = RAW_LIST.decode(document) if listed else _EXPORT.decode(document).loglines
    except RecursionError as error:
        raise LimitExceeded(f"{source.name}: JSON nested too deep to be read.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotImport(
            f"{source.name}: the export is damaged or incomplete ({error}). Export it again."
        ) from error
    for number, (data, start) in enumerate(located(document, raws), 1):
        try:
            record = LINE.decode(data)
        except ValueError as error:
            account.damage(f"record {number}", start, len(data), str(error), mended=False)
        else:
            if record is not None:
                account.read += 1
                yield Located(number, start, len(data), record)
