"""Facts without a field in ATIF, written to its ``extra`` objects under "hpm" and read back.

ATIF 1.5 (its specification's sections on ``extra``) leaves these objects to the writer. A step has
one only where reading its plain fields would give another step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from hpm_engine.ingest.atif.steps import AtifStep
from hpm_engine.ingest.json.raw_values import raw_text
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Kept, Outcome, Part, PartKind, StepFlag

KEY = "hpm"
BETWEEN = "\n\n"  # separates the messages of a step in their one field
T = TypeVar("T")


class PartExtra(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part; its text is in the step's fields, which follow the order of parts, or in ``text``."""

    kind: PartKind
    name: str = ""
    call_id: str = ""
    is_error: bool = False
    size: int | None = None  # characters of a message or a reasoning
    inner: bool = False  # the call's text is no JSON object: it is "text" of the arguments
    text: str | None = None


class StepExtra(msgspec.Struct, frozen=True, omit_defaults=True):
    """The facts of a step that its plain fields lack; an absent field agrees with them."""

    parts: tuple[PartExtra, ...] | None = None
    flags: int | msgspec.UnsetType = msgspec.UNSET
    at: int | msgspec.UnsetType | None = msgspec.UNSET
    model: str | msgspec.UnsetType = msgspec.UNSET
    tokens_in: int | msgspec.UnsetType | None = msgspec.UNSET
    tokens_out: int | msgspec.UnsetType | None = msgspec.UNSET


class EpisodeExtra(msgspec.Struct, frozen=True, omit_defaults=True):
    """An episode's own facts. Times are Unix microseconds.

    ``kept`` and ``learned`` are the episode's state in the store when this was written. The file
    has all text of an episode, but of an evicted one (``evicted_at``) only what compression kept.
    """

    format: str = ""
    key: str = ""
    parent: str = ""
    continues: str = ""
    project: str = ""
    cwd: str = ""
    branch: str = ""
    task: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    started_at: int | None = None
    ended_at: int | None = None
    evicted_at: int | None = None
    tokens_in: int | None = None  # of the whole session, which may be all that it states
    tokens_out: int | None = None
    title: str = ""
    agent_title: str = ""
    kept: Kept = Kept.WHOLE
    learned: bool = False


def exported_key(format_: str, key: str) -> str:
    """The key of an exported episode: never that of its original, which it must not change."""
    return f"export:{format_}/{key}" if key else ""


def original(format_: str, key: str) -> tuple[str, str]:
    """The format and the key of an episode, for an exported one those of its original."""
    if format_ == "atif" and key.startswith("export:"):
        format_, _, key = key.removeprefix("export:").partition("/")
    return format_, key


def restored_step(record: AtifStep, plain: StepDraft) -> StepDraft:
    """The step with the facts of its ``extra``, unless these do not fit its fields."""
    extra = _own(record.extra, StepExtra)
    if extra is None:
        return plain
    changes: dict[str, Any] = {
        name: value
        for name in ("at", "model", "tokens_in", "tokens_out")
        if (value := getattr(extra, name)) is not msgspec.UNSET
    }
    if isinstance(extra.flags, int) and 0 <= extra.flags <= sum(StepFlag):
        changes["flags"] = StepFlag(extra.flags)
    if extra.parts is not None:
        try:
            changes["parts"] = tuple(_parts(record, extra.parts))
        except (StopIteration, RuntimeError, KeyError, ValueError):
            return plain
    return msgspec.structs.replace(plain, **changes)


def restore_episode(draft: EpisodeDraft, extra: object) -> None:
    """Set the draft's facts to those that an export wrote of its episode."""
    written = _own(extra, EpisodeExtra)
    if written is None or not written.key:
        return
    draft.key = exported_key(written.format, written.key)
    draft.parent_key = exported_key(written.format, written.parent)
    draft.continues_key = exported_key(written.format, written.continues)
    draft.project, draft.cwd, draft.branch = written.project, written.cwd, written.branch
    draft.task, draft.outcome = written.task, written.outcome
    draft.title, draft.agent_title = written.title, written.agent_title
    draft.started_at, draft.ended_at = written.started_at, written.ended_at
    draft.tokens_in = token_count(written.tokens_in)
    draft.tokens_out = token_count(written.tokens_out)


def _own(extra: object, kind: type[T]) -> T | None:
    if not isinstance(extra, dict) or KEY not in extra:
        return None
    try:
        return msgspec.convert(extra[KEY], kind)
    except msgspec.ValidationError:
        return None


def _parts(record: AtifStep, wanted: tuple[PartExtra, ...]) -> Iterator[Part]:
    """The parts, with texts cut from the fields. Raises ``ValueError`` for too short fields."""
    fields = {
        PartKind.MESSAGE: _whole(record.message),
        PartKind.REASONING: _whole(record.reasoning_content),
    }
    offsets = dict.fromkeys(fields, 0)
    calls = iter(record.tool_calls or ())
    results = iter(record.observation.results if record.observation else ())
    for part in wanted:
        kind = part.kind
        if part.text is not None:
            text = part.text
        elif kind is PartKind.CALL:
            text = raw_text(next(calls).arguments)
            text = msgspec.json.decode(text, type=dict[str, str])["text"] if part.inner else text
        elif kind is PartKind.RESULT:
            text = _whole(next(results).content)
        else:
            start, size = offsets[kind], part.size or 0
            text = fields[kind][start : start + size]
            if size < 0 or len(text) != size:
                raise ValueError(kind)
            offsets[kind] = start + size + len(BETWEEN)
        yield Part(kind, text, part.name, part.call_id, part.is_error)


def _whole(value: object) -> str:
    return value if isinstance(value, str) else ""
