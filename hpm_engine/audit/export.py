"""The audit log as a file: JSON lines that can be verified, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from hpm_engine.audit.canonical import COLUMNS
from hpm_engine.audit.chain import canonical_json, iso_time, plain_fields
from hpm_engine.errors import BadQuery
from hpm_engine.job import Job
from hpm_engine.values.reports import AuditRow
from hpm_engine.words.visible_text import IGNORABLE, visible

FORMATS = ("jsonl", "csv")  # a line for each row
FILE_FORMATS = (*FORMATS, "html", "checkpoint")
_FIELDS = ("seq", *COLUMNS, "hash")
# What spreadsheets take for the beginning of a formula, full-width and small forms too, behind
# whatever they strip: every kind of space, and characters that nobody sees.
_FORMULA = re.compile(
    rf"[\t\r\n\0]|[\s\0-\x1f\x7f-\x9f\u2800{IGNORABLE}]*"
    "[=+\\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def check_format(format_: str, formats: Sequence[str] = FORMATS) -> None:
    """Raise ``BadQuery`` for a format that is not offered."""
    if format_ not in formats:
        offered = f"{', '.join(formats[:-1])} or {formats[-1]}"
        raise BadQuery(f"No such export format: {format_}. Choose {offered}.", 0)


def write_rows(
    rows: Iterable[AuditRow],
    stream: TextIO,
    format_: str,
    job: Job | None = None,
    *,
    redacted: bool = False,
) -> int:
    """Write the rows; how many there were."""
    check_format(format_)
    job = job or Job()
    table = csv.DictWriter(stream, _FIELDS) if format_ == "csv" else None
    if table:
        table.writeheader()
    count = 0
    for row in rows:
        job.step(count, note="exporting the log", unit="rows")
        if table:
            cells = {name: getattr(row, name) for name in _FIELDS} | {"at": iso_time(row.at)}
            table.writerow({name: safe_cell(value) for name, value in cells.items()})
        else:
            stream.write(row_line(row, redacted=redacted) + "\n")
        count += 1
    return count


def row_line(row: AuditRow, *, redacted: bool = False) -> str:
    """The row as a line of JSON from which its hash can be recomputed.

    ``content`` and ``salt`` open the commitment in ``detail``; without them it stays closed.
    """
    line = plain_fields(row) | {"detail": exact_json(row.stored), "state": exact_json(row.state)}
    if row.salt and not redacted:
        line |= {"content": exact_json(row.content), "salt": row.salt}
    return canonical_json(line)


def exact_json(text: str) -> Any:
    """What a text is as JSON where that has no other spelling; else the text itself."""
    try:
        value = json.loads(text)
        return value if type(value) is dict and canonical_json(value) == text else text
    except (ValueError, RecursionError):
        return text


def safe_cell(value: object) -> object:
    """The value so that no spreadsheet takes it for a formula (OWASP ASVS 1.2.10).

    What nobody sees in a text is spelled out; numbers stay as they are.
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return "'" * bool(_FORMULA.match(value)) + visible(value, lines=True)
