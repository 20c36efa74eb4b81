"""The rows of the audit log in sentences, one by one and as the acts that they were."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.audit.acts import mark_change
from hpm_engine.audit.parsed_row import integer, pieces, read_detail, read_row
from hpm_engine.audit.tellings import TELLINGS, marks_changed
from hpm_engine.values.audit_acts import Names, Phrase, RowSums
from hpm_engine.values.reports import AuditRow
from hpm_engine.words.plurals import counted

_IMPORTS = {"import", "keep", "set aside", "import note", "note gone"}


def sentence(row: AuditRow, names: Names) -> tuple[Phrase, ...]:
    """What a row says happened; a row that a later version wrote is told by its words."""
    read = read_row(row, names)
    telling = TELLINGS.get(row.action)
    parts = (f"{row.action}: ", read.subject()) if telling is None else telling(read)
    if read.detail.get("erased") is True:
        parts = *parts, "; what was said is erased"
    return pieces(parts)


def group_sentence(sums: Sequence[RowSums], actor: str) -> tuple[Phrase, ...]:
    """What the rows of one act say together; each of ``sums`` is of one action."""
    by_action = {each.action: each for each in sums}
    by_itself = " automatically" if actor == "scheduler" else ""
    if by_action.keys() & _IMPORTS:
        return pieces((_imported(by_action),))
    if "index" in by_action or "encode" in by_action:
        return pieces((_prepared(by_action),))
    ((action, first),) = list(by_action.items())[:1]
    episodes = counted(first.subjects, "episode")
    plain = {
        "compress": f"{episodes} compressed{by_itself}",
        "restore": f"Full text of {episodes} restored",
        "evict": f"Original text of {episodes} permanently deleted{by_itself}",
        "delete": f"{episodes} deleted: they are in the trash",
        "undelete": f"{episodes} restored from the trash",
        "save checkpoint": f"{counted(first.subjects, 'checkpoint')} saved",
        "set": f"{counted(first.subjects, 'setting')} changed",
        "consolidate": (
            f"{counted(first.sums.get('memories', 0), 'memory', 'memories')} learned{by_itself} in"
            f" {counted(first.rows, 'cycle')}"
        ),
    }
    if action in plain:
        return pieces((plain[action],))
    change = mark_change(action, first.sample)
    noun = "prototype" if change is not None and change.kind.startswith("prototype") else "episode"
    return pieces(marks_changed(change, action, [counted(first.subjects, noun)]))


def subject_of(row: AuditRow) -> tuple[str, int]:
    """The kind and the number of a row's subject; 0 where it has none."""
    kind, _, key = row.subject.partition(":")
    return kind, integer(key)


def episodes_of(row: AuditRow) -> list[int]:
    """The episodes that a row is about, so that they can be named: the first few."""
    kind, number = subject_of(row)
    if kind == "episode":
        return [number]
    if row.action == "keep":
        listed = read_detail(row.detail).get("episodes")
        if isinstance(listed, list):
            return [each for each in listed[:1] if isinstance(each, int)]
    return []


def _imported(by_action: dict[str, RowSums]) -> str:
    parts = []
    if imported := by_action.get("import"):
        steps = counted(imported.sums.get("steps_added", 0), "step")
        parts.append(f"{counted(imported.subjects, 'session')} imported, {steps}")
    elif kept := by_action.get("keep"):
        parts.append(f"{counted(kept.rows, 'original file')} kept")
    if noted := by_action.get("import note"):
        parts.append(f"{counted(noted.subjects, 'memory note')} imported")
    if gone := by_action.get("note gone"):
        parts.append(f"{counted(gone.subjects, 'memory note')} gone from their place, and kept")
    if damaged := by_action.get("keep damaged"):
        parts.append(f"{counted(damaged.rows, 'damaged file')} kept unread")
    if aside := by_action.get("set aside"):
        parts.append(f"{counted(aside.sums.get('files', 0), 'file')} set aside")
    return ", ".join(parts)


def _prepared(by_action: dict[str, RowSums]) -> str:
    parts = []
    if index := by_action.get("index"):
        for name, noun in (("episodes", "episode"), ("steps", "step")):
            if count := index.sums.get(name, 0):
                parts.append(f"{counted(count, noun)} indexed")
    if "encode" in by_action:
        parts.append("made findable by meaning")
    return "Prepared for recall: " + (", ".join(parts) or "index built")
