"""Lines of Claude Code that are no part of a conversation, counted in the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hpm_engine.ingest.claude_code.lines import ClaudeLine
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import Located

_READ = frozenset(("user", "assistant", "queue-operation", "ai-title", "custom-title", "summary"))
_BOOKKEEPING = frozenset(
    (
        *("agent-color", "agent-name", "agent-setting", "attachment", "attribution-snapshot"),
        *("content-replacement", "continued-in", "control_request", "control_response"),
        "file-history-delta",
        *("file-history-snapshot", "hook_event", "last-prompt", "mode", "permission-mode"),
        *("pr-link", "progress", "rate_limit_event", "result", "saved_hook_context"),
        *("stream_event", "system", "tag", "task-summary", "tool_progress", "worktree-state"),
    )
)


def accounted(
    lines: Iterable[Located[ClaudeLine]], account: Account
) -> Iterator[Located[ClaudeLine]]:
    """The lines; ``account`` counts those that are passed over or of an unknown type."""
    for line in lines:
        record = line.record
        if record.type in _BOOKKEEPING:
            if record.type != "attachment" or b"queued_command" not in bytes(
                memoryview(record.attachment)[:2000]
            ):
                account.pass_over(f"bookkeeping: {record.type}")
        elif record.type not in _READ:
            kind = record.type[:40]
            account.miss_record(f"a line of type {kind}" if kind else "a line untyped")
        yield line
