"""What each action of the audit log did, in words.

Every action that the engine writes has an entry: a test finds those that have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpm_engine.audit.acts import Change, mark_change
from hpm_engine.audit.leaving_tellings import LEAVING
from hpm_engine.audit.parsed_row import ParsedRow, Part, cut, episode_link, integer
from hpm_engine.audit.safety_tellings import SAFETY_TELLINGS
from hpm_engine.values.audit_acts import Link, LinkKind, Phrase
from hpm_engine.words.plurals import counted

Telling = Callable[[ParsedRow], Sequence[Part]]
_MODELS = {
    "encoder": "Model for recall",
    "mask": "Compression model",
    "decoder": "Compression model",
}
_SOURCES = {
    "choose source": "chosen to be kept up to date",
    "leave source": "no longer kept up to date",
    "pause source": "left alone for now",
    "resume source": "kept up to date again",
}
_PROPOSALS = {
    "propose": "waits for a person",
    "accept proposal": "accepted",
    "refuse proposal": "turned down",
    "withdraw proposal": "withdrawn by its agent",
}
_STANDS = {
    "waiting": "waits again",
    "accepted": "is accepted again",
    "refused": "is turned down again",
    "withdrawn": "is withdrawn again",
}
_SETTINGS = {
    "consolidation_schedule": "Schedule",
    "by_itself": "Whether the store may tidy itself",
    "sync_by_itself": "Whether what is new is imported by itself",
    "visibility": "Who sees what",
    "sample": "The note on samples",
    "store_id": "The store's own id",
    "trash_days": "Days that deleted episodes stay in the trash",
    "audit.texts": "Whether the log keeps what recalls asked",
}


# -- importing and preparing -----------------------------------------------------------------------


def _import(row: ParsedRow) -> Sequence[Part]:
    steps = counted(row.number("steps_added"), "step")
    if row.detail.get("branch_of"):
        return "Another branch of a session imported: ", row.subject(), f", {steps}"
    if row.before:
        return row.subject(), f" went on: {steps} added"
    return "Session ", row.subject(), f" imported, {steps}"


def _keep(row: ParsedRow) -> Sequence[Part]:
    listed = row.detail.get("episodes")
    if isinstance(listed, list) and listed and isinstance(listed[0], int):
        more = f" and {len(listed) - 1:,} more" if len(listed) > 1 else ""
        return "Original file kept of ", episode_link(str(listed[0]), row.names), more
    return ("Original file kept",)


def _import_note(row: ParsedRow) -> Sequence[Part]:
    did = f"has a new version, {row.number('versions'):,} in all" if row.before else "imported"
    return (f"Memory note {cut(row.key)} {did}",)


def _set_aside(row: ParsedRow) -> Sequence[Part]:
    return (f"{counted(row.number('files'), 'file')} set aside: no sessions in them",)


def _forget_aside(row: ParsedRow) -> Sequence[Part]:
    kept = row.number("with_bytes")
    bytes_too = f", {kept:,} of them with their bytes" if kept else ""
    return (f"{counted(row.number('files'), 'file')} that had been set aside forgotten{bytes_too}",)


def _index(row: ParsedRow) -> Sequence[Part]:
    if row.kind == "recall":
        return (f"{counted(row.number('episodes'), 'episode')} made findable by words for recall",)
    if row.kind == "search":
        return (f"{counted(row.number('steps'), 'step')} indexed again for searches",)
    return (f"Index built over {counted(row.number('vectors'), 'entry', 'entries')}",)


def _encode(row: ParsedRow) -> Sequence[Part]:
    episodes = counted(row.number("episodes"), "episode")
    return (f"{episodes} made findable by meaning",)


# -- marks, notes, searches, settings --------------------------------------------------------------


def _mark(row: ParsedRow) -> Sequence[Part]:
    if row.kind == "proposal":
        return (f"Undone: proposal {cut(row.key)} {_STANDS.get(row.word('state'), 'is changed')}",)
    if row.action == "undo" and "note" in row.detail:
        return "Undone: the last change of a note on ", row.subject()
    change = mark_change(row.action, row.raw)
    if change is None:
        return f"{row.action}: ", row.subject()
    return marks_changed(change, row.action, [row.subject()])


def marks_changed(change: Change | None, action: str, subjects: Sequence[Part]) -> Sequence[Part]:
    """What came and went of marks, told of one thing or of many."""
    undone: list[Part] = ["Undone: "] if action == "undo" else []
    if change is None:
        return f"{action}: ", *subjects
    kind, added, removed = change
    if kind in ("pin", "prototype pin"):
        return *undone, *subjects, " pinned" if added else " no longer pinned"
    if kind == "prototype name":
        called = f" renamed “{cut(added[0])}”" if added else " called by its own name again"
        return *undone, *subjects, called
    parts = list(undone)
    for names, did in ((added, "put on"), (removed, "taken from")):
        if names:
            tags = ", ".join(f"“{cut(name)}”" for name in names)
            noun = "tag" if len(names) == 1 else "tags"
            parts += [f"{', ' if len(parts) > len(undone) else ''}{noun} {tags} {did} "]
            parts += subjects
    return parts


def _note(row: ParsedRow) -> Sequence[Part]:
    step = f", step {row.number('step'):,}," if row.number("step") else ""
    did = {"note": " written", "change-note": " changed", "delete-note": " deleted"}[row.action]
    return "Note on ", row.subject(), f"{step}{did}"


def _proposal(row: ParsedRow) -> Sequence[Part]:
    did = _PROPOSALS[row.action]
    note = f" as memory note {row.number('note'):,}" if row.number("note") else ""
    edited = ", with another text" if row.detail.get("edited") else ""
    return (f"Proposal {cut(row.key)} {did}{note}{edited}",)


def _search(row: ParsedRow) -> Sequence[Part]:
    if row.action == "rename-search":
        return f"Search “{cut(row.key)}” renamed ", _named_search(row.word("name"))
    if row.action == "delete-search":
        return (f"Search “{cut(row.key)}” deleted",)
    return "Search ", row.subject(), " saved"


def _named_search(name: str) -> Phrase:
    return Phrase(f"“{cut(name)}”", Link(LinkKind.SEARCH, name))


def _source(row: ParsedRow) -> Sequence[Part]:
    whose = row.word("agent")
    what = f"A folder of {cut(whose)}" if whose else "A folder"
    return (f"{what} {_SOURCES[row.action]}",)


def _set(row: ParsedRow) -> Sequence[Part]:
    name = _SETTINGS.get(row.key)
    if name is None and row.key.startswith("compression."):
        name = f"Automatic compression, {row.key.removeprefix('compression.').replace('.', ' ')},"
    value = row.word("value")
    return (f"{name or f'Setting “{cut(row.key)}”'} set to “{cut(value)}”",)


# -- compression and learning ----------------------------------------------------------------------


def _compress(row: ParsedRow) -> Sequence[Part]:
    raw, stored = row.number("raw"), row.number("stored")
    share = f" to {100 * stored / raw:.0f} % of its size" if raw and stored else ""
    return row.subject(), f" compressed{share}{' automatically' if row.automatic else ''}"


def _evict(row: ParsedRow) -> Sequence[Part]:
    by_itself = " automatically" if row.automatic else ""
    return "Original text of ", row.subject(), f" permanently deleted{by_itself}"


def _wipe(row: ParsedRow) -> Sequence[Part]:
    parts = [counted(row.number("episodes"), "deleted text")]
    if files := row.number("files"):
        parts.append(counted(files, "file"))
    return (f"Free space wiped: nothing is left of {' and '.join(parts)}",)


def _consolidate(row: ParsedRow) -> Sequence[Part]:
    by_itself = " automatically" if row.automatic or row.word("trigger") == "idle" else ""
    memories = counted(row.number("memories"), "memory", "memories")
    born = row.number("born")
    new = f": {counted(born, 'new topic')}" if born else ""
    return f"{memories} learned{by_itself} in ", row.subject(), new


def _shaped(row: ParsedRow) -> Sequence[Part]:
    did = "merged" if row.action.startswith("merge") else "forgotten"
    count = row.number("merged" if did == "merged" else "retired")
    return f"{counted(count, 'topic')} {did} in ", row.subject()


def _refuse(row: ParsedRow) -> Sequence[Part]:
    memories = counted(row.number("memories"), "memory", "memories")
    return (f"Learning {memories} was blocked: {cut(row.word('reason')) or 'it would forget'}",)


def _undo_cycles(row: ParsedRow) -> Sequence[Part]:
    if row.number("cycles") > 1:
        return f"Undone: cycles {row.number('first'):,} to ", row.subject()
    return "Undone: ", row.subject()


def _weights(row: ParsedRow) -> Sequence[Part]:
    model = _MODELS.get(row.key, row.key.capitalize())
    did = {
        "use weights": "tuned on this store is in use",
        "keep weights": "kept: tuning it found nothing better",
        "restore weights": "of before is in use again",
    }[row.action]
    return (f"{model} {did}",)


# -- what leaves, and the rest ---------------------------------------------------------------------


def _export(row: ParsedRow) -> Sequence[Part]:
    if row.kind == "memory-notes":
        return (f"{counted(row.number('notes'), 'memory note')} exported",)
    if row.kind == "recalls":
        texts = "with" if row.detail.get("texts") else "without"
        count = counted(row.number("recalls"), "recall")
        return (f"{count} exported for OpenTelemetry, {texts} what was asked",)
    form = row.word("format").upper() or "a file"
    if row.kind == "episode":
        return row.subject(), f" exported as {form}"
    part = "Part of the" if row.detail.get("filtered") else "The"
    return (f"{part} log exported as {form}, {counted(row.number('rows'), 'row')}",)


def _give_back(row: ParsedRow) -> Sequence[Part]:
    size = row.number("size")
    return "A file of ", row.subject(), f", {size:,} bytes, given back to its agent"


def _recall(row: ParsedRow) -> Sequence[Part]:
    cue = row.names.cues.get(integer(row.key))
    if row.action == "follow up":
        recall = Phrase(f"recall {row.key}", Link(LinkKind.RECALL, row.key))
        return "What ", recall, f" gave a session was followed up: {row.number('used'):,} used"
    count, into, notes = (row.entries(name) for name in ("episodes", "injected", "notes"))
    asked = f"“{cut(cue)}”" if cue else "a cue that is forgotten"
    put = [f"{into:,} of them"] if into else []
    put += [counted(notes, "accepted note")] if notes else []
    noted = row.entries("memory_notes")
    put += [counted(noted, "note of memories", "notes of memories")] if noted else []
    used = f", {' and '.join(put)} put into a context" if put else ""
    link = Link(LinkKind.RECALL, row.key)
    whose = f" for {cut(agent)}" if (agent := row.word("agent")) else ""
    return "Recall of ", Phrase(asked, link), f"{whose} gave {counted(count, 'episode')}{used}"


def _checkpoint(row: ParsedRow) -> Sequence[Part]:
    number, size = row.number("number"), row.number("size")
    if row.action == "save checkpoint":
        return (f"Checkpoint {row.key} saved: number {number:,} of its thread, {size:,} bytes",)
    if row.action == "fork checkpoint":
        return (f"Checkpoint {row.key} goes on from checkpoint {row.number('of')}",)
    if row.action == "forget checkpoints":
        return (f"{counted(row.number('checkpoints'), 'checkpoint')} deleted, {size:,} bytes",)
    did = "pinned" if row.action == "pin checkpoint" else "no longer pinned"
    return (f"Checkpoint {row.key} {did}",)


def _upgrade(row: ParsedRow) -> Sequence[Part]:
    return (f"Store brought up to date, from schema {row.number('from')} to {row.number('to')}",)


def _encoder(row: ParsedRow) -> Sequence[Part]:
    if row.action == "add encoder":
        return (f"Model for recall “{cut(row.word('name'))}” added",)
    return (
        "Another model for recall taken into use"
        if row.before
        else "Model for recall taken into use",
    )


TELLINGS: dict[str, Telling] = {
    "import": _import,
    "keep": _keep,
    "keep damaged": lambda _: ("Damaged file kept unread",),
    "import note": _import_note,
    "note gone": lambda row: (f"Memory note {cut(row.key)} is gone from where it was; kept",),
    "set aside": _set_aside,
    "forget aside": _forget_aside,
    "index": _index,
    "encode": _encode,
    "add encoder": _encoder,
    "use encoder": _encoder,
    "pin": _mark,
    "unpin": _mark,
    "tag": _mark,
    "untag": _mark,
    "rename": _mark,
    "undo": _mark,
    **LEAVING,
    "note": _note,
    "change-note": _note,
    "delete-note": _note,
    **dict.fromkeys(_PROPOSALS, _proposal),
    "save-search": _search,
    "rename-search": _search,
    "delete-search": _search,
    **dict.fromkeys(_SOURCES, _source),
    "set": _set,
    "compress": _compress,
    "restore": lambda row: ("Full text of ", row.subject(), " restored"),
    "evict": _evict,
    "wipe": _wipe,
    "consolidate": _consolidate,
    "refuse consolidation": _refuse,
    "undo consolidation": _undo_cycles,
    "merge prototypes": _shaped,
    "forget prototypes": _shaped,
    "use weights": _weights,
    "keep weights": _weights,
    "restore weights": _weights,
    "export": _export,
    "give back": _give_back,
    "save checkpoint": _checkpoint,
    "fork checkpoint": _checkpoint,
    "pin checkpoint": _checkpoint,
    "unpin checkpoint": _checkpoint,
    "forget checkpoints": _checkpoint,
    "recall": _recall,
    "follow up": _recall,
    "upgrade": _upgrade,
    **SAFETY_TELLINGS,
}
