"""The audit log as a page for people: acts in sentences, no scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

import msgspec

from hpm_engine.audit.chain import iso_time
from hpm_engine.export.html_style import STYLE
from hpm_engine.job import Job
from hpm_engine.store.audit_acts import AuditActs
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.system.local_time import local, stamp
from hpm_engine.values.audit_acts import AuditAct
from hpm_engine.values.reports import AuditFilter
from hpm_engine.words.visible_text import visible

_PAGE = 500  # acts told at a time
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MORE_STYLE = """\
body { max-width: 72rem; } table { width: 100%; background: var(--card); }
th { text-align: start; color: var(--muted); font-weight: 600; } td { vertical-align: top; }
td.when, td.who, td.rows { white-space: nowrap; color: var(--muted); } td.rows { text-align: end; }
li { margin: 2px 0; } ul { margin: 4px 0; padding-inline-start: 1.25rem; }
p.limits { border-inline-start: 4px solid var(--bad); padding-inline-start: 12px; }
"""


class ReportHead(msgspec.Struct, frozen=True):
    """What a report says before its acts."""

    store_id: str
    made_at: int
    filters: tuple[tuple[str, str], ...]  # what was left out, in words; none for the whole log


def write_report(
    log: AuditLog, acts: AuditActs, wanted: AuditFilter, head: ReportHead, out: TextIO, job: Job
) -> int:
    """Write the page, newest acts first; how many rows it tells of."""
    spans = acts.spans(wanted, job)[::-1]
    rows = sum(span.rows for span in spans)
    count, digest = log.head()
    out.write(_beginning(head, rows, count, digest))
    for start in range(0, len(spans), _PAGE):
        job.step(start, len(spans), "writing the report", "acts")
        for act in acts.in_words(wanted, spans[start : start + _PAGE]):
            out.writelines(_row(act, acts, wanted))
    out.write("</tbody>\n</table>\n</body>\n</html>\n")
    return rows


def _beginning(head: ReportHead, rows: int, count: int, digest: str) -> str:
    facts = [
        ("Store", head.store_id),
        ("Written", _moment(head.made_at)),
        ("Rows told", f"{rows:,} of {count:,}"),
        ("Head digest", digest),
        *((name, value) for name, value in head.filters),
    ]
    listed = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>\n" for name, value in facts
    )
    part = (
        "<p class=limits>This is a part of the log: what the filters above left out is not here, "
        "which the proof beside it says, too.</p>\n"
        if head.filters
        else ""
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Audit log</title>\n<style>\n{STYLE}{_MORE_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Audit log</h1>\n<dl>\n{listed}</dl>\n{part}"
        "<p>A page to read. Whoever wants to check it needs the proof beside it, which has the "
        "rows as they were hashed, and the program that does it.</p>\n"
        "<table>\n<thead><tr><th>Rows<th>When<th>Who<th>What</tr></thead>\n<tbody>\n"
    )


def _row(act: AuditAct, acts: AuditActs, wanted: AuditFilter) -> Iterator[str]:
    span = act.span
    number = f"{span.last:,}" if span.rows == 1 else f"{span.first:,}–{span.last:,}"  # noqa: RUF001
    pair = ""
    if span.undoes:
        pair = f" <small>(takes back row {span.undoes:,})</small>"
    if span.undone_by:
        pair += f" <small>(taken back by row {span.undone_by:,})</small>"
    yield (
        f"<tr><td class=rows>{number}<td class=when>{_text(_moment(act.at))}"
        f"<td class=who>{_text(act.actor)}<td>"
    )
    if span.rows == 1:
        yield f"{_text(act.text)}{pair}"
    else:
        yield f"<details><summary>{_text(act.text)}{pair}</summary>\n<ul>\n"
        singles = acts.rows_of(wanted, span)
        for start in range(0, len(singles), _PAGE):
            for single in acts.in_words(wanted, singles[start : start + _PAGE]):
                yield f"<li>{_text(single.text)}</li>\n"
        yield "</ul></details>"
    yield "</tr>\n"


def _moment(at: int) -> str:
    moment = local(at)
    return iso_time(at) if moment is None else stamp(moment, seconds=True)


def _text(text: str) -> str:
    return escape(visible(text))
