"""What shows a stranger that exported rows are of one signed log: the rest of its tree, in lines.

The first line has the checkpoint and the keys. Then, in the order of the log, a line for each row
(``{"row": …}``, or ``{"at": N}`` where the exported file has that line), and one for each subtree
of rows that were left out (``{"hidden": [first, last, hash]}``). Folded together they are the
root that is signed: whoever leaves one out, or adds one, gets another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from hpm_engine.audit.chain import canonical_json
from hpm_engine.audit.export import row_line
from hpm_engine.audit.signed_note import SignedNote
from hpm_engine.errors import NotFound
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.trail.tree import AuditTree
from hpm_engine.values.reports import AuditRow

FORMAT = "hpm-audit-proof-1"


def row_proof(database: Database, log: AuditLog, note: SignedNote | None, seq: int) -> str:
    """The proof of one row."""
    rows = log.numbered([seq])
    if not rows:
        raise NotFound(f"{database.path}: the log has no row {seq}.")
    if note is None or note.point.rows < seq:
        raise NotFound(
            f"{database.path}: no checkpoint has row {seq} yet. Sign one: hpm audit checkpoint "
            f"{database.path}"
        )
    return "".join(f"{line}\n" for line in proof_lines(log.tree, note, rows))


def proof_lines(
    tree: AuditTree,
    note: SignedNote,
    rows: Iterable[AuditRow],
    *,
    line: Callable[[AuditRow], str] = lambda row: f'{{"row":{row_line(row)}}}',
    file: str = "",
    job: Job | None = None,
) -> Iterator[str]:
    """The proof of rows of the log, in their order; ``line`` is what stands for one."""
    job, size = job or Job(), note.point.rows
    keys = [note.point.said("key")]
    head: dict[str, object] = {"format": FORMAT, "checkpoint": note.text, "keys": keys}
    yield canonical_json(head | ({"file": file} if file else {}))
    done = 0
    for row in rows:
        job.step(done, size, "writing the proof", "rows")
        yield from _hidden(tree, done, row.seq - 1)
        yield line(row)
        done = row.seq
    yield from _hidden(tree, done, size)


def _hidden(tree: AuditTree, start: int, end: int) -> Iterator[str]:
    """The full subtrees over the leaves from ``start`` to before ``end``."""
    while start < end:
        size = start & -start or 1 << (end - start).bit_length() - 1
        while start + size > end:
            size >>= 1
        hash_ = tree.subtree(start, start + size).hex()
        yield canonical_json({"hidden": [start + 1, start + size, hash_]})
        start += size


def write_bundle(stream: IO[bytes], lines: Iterable[str], note: SignedNote) -> None:
    """The proof with its checkpoint, keys, the program that checks it, and what that proves."""
    from hpm_engine.export.receiver import receiver_text, verifier

    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("proof.jsonl", "w") as proof:
            for line in lines:
                proof.write(f"{line}\n".encode())
        archive.writestr("checkpoint.txt", note.text)
        archive.writestr("key.txt", note.point.said("key") + "\n")
        archive.writestr("verify_audit.py", verifier())
        archive.writestr("README.txt", receiver_text())
