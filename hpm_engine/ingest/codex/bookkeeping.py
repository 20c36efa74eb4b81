"""Lines of a Codex rollout that are no part of a conversation, counted in the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hpm_engine.ingest.codex.lines import Record
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located

_READ = frozenset(("session_meta", "turn_context", "compacted"))
_ITEMS_READ = frozenset(("message", "reasoning"))
_ITEM_ENDS = ("_call", "_output")
_ITEMS_BOOKKEEPING = frozenset(
    ("ghost_snapshot", "compaction", "compaction_summary", "context_compaction")
)
_EVENTS_READ = frozenset(
    (
        *("token_count", "user_message", "item_completed", "agent_message", "turn_aborted"),
        "thread_name_updated",
    )
)
_EVENTS_READ_ENDS = ("_end",)  # they complete the items of their calls
# Events that only repeat items for the window, or report the program's own work.
_EVENT_ENDS = ("_begin", "_delta", "_request", "_response", "_update", "_complete")
_EVENTS_SHOWN = frozenset(
    (
        *("agent_reasoning", "agent_reasoning_raw_content", "agent_reasoning_section_break"),
        *("background_event", "context_compacted", "deprecation_notice", "entered_review_mode"),
        *(
            "error",
            "exited_review_mode",
            "session_configured",
            "item_started",
            "raw_response_item",
            "stream_error",
        ),
        *("task_started", "thread_rolled_back", "turn_diff", "turn_started", "undo_completed"),
        *("undo_started", "view_image_tool_call", "warning"),
    )
)


class _PayloadKind(msgspec.Struct, gc=False):
    """The kind of a payload."""

    type: str = ""


_KIND = TypedDecoder(_PayloadKind)


def accounted(lines: Iterable[Located[Record]], account: Account) -> Iterator[Located[Record]]:
    """The lines; ``account`` counts those that are passed over or of an unknown type."""
    for line in lines:
        _account(line.record, account)
        yield line


def _account(record: Record, account: Account) -> None:
    if record.type in _READ or (not record.type and record.id):  # the head before the wrapper
        return
    if record.type not in ("response_item", "event_msg"):
        if record.record_type:
            account.pass_over(f"bookkeeping: {record.record_type[:40]}")
        else:
            _unknown(account, "a line", record.type)
        return
    payload = _KIND.nested(record.payload)
    kind = payload.type if payload is not None else ""
    if record.type == "response_item":
        if kind in _ITEMS_BOOKKEEPING:
            account.pass_over(f"bookkeeping: {kind}")
        elif kind not in _ITEMS_READ and not kind.endswith(_ITEM_ENDS):
            _unknown(account, "an item", kind)
    elif kind in _EVENTS_SHOWN or (kind not in _EVENTS_READ and kind.endswith(_EVENT_ENDS)):
        account.pass_over(f"shown only: {kind[:40]}")
    elif kind not in _EVENTS_READ and not kind.endswith(_EVENTS_READ_ENDS):
        _unknown(account, "an event", kind)


def _unknown(account: Account, what: str, kind: str) -> None:
    account.miss_record(f"{what} of type {kind[:40]}" if kind else f"{what} untyped")
