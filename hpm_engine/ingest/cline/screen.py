"""What the screen's copy of a task tells that its messages do not: times, tokens, dollars."""

from __future__ import annotations

from hpm_engine.ingest.json.plain_values import companion_value
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.times import micros

_REQUEST = "api_req_started"
_INTO = ("tokensIn", "cacheReads", "cacheWrites")
_LONGEST = 4000  # characters by which a text is known


class ScreenTimes:
    """The times of a task by what was said; those of its first and last line."""

    def __init__(self, data: bytes | None) -> None:
        """``data`` is ``ui_messages.json``; none, or a damaged one, tells nothing."""
        self._times: dict[str, int] = {}
        self.first: int | None = None
        self.last: int | None = None
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self.cost: float | None = None
        value = companion_value(data)
        for line in value if isinstance(value, list) else ():
            if isinstance(line, dict):
                self._note(line)

    def at(self, *texts: str) -> int | None:
        """When the first of these texts that is known was said; None for others."""
        times = (self._times.get(text.strip()[:_LONGEST]) for text in texts if text)
        return next((time for time in times if time is not None), None)

    def _note(self, line: dict[str, object]) -> None:
        time, text = micros(line.get("ts")), text_of(line.get("text"))
        if time is not None:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)
            if text.strip():
                self._times.setdefault(text.strip()[:_LONGEST], time)
        if line.get("say") == _REQUEST:
            request = companion_value(text.encode("utf-8", "replace"))
            if isinstance(request, dict):
                self._count(request)

    def _count(self, request: dict[str, object]) -> None:
        read = [token_count(request.get(name)) for name in _INTO]
        self.tokens_in = _sum(self.tokens_in, *read)
        self.tokens_out = _sum(self.tokens_out, token_count(request.get("tokensOut")))
        cost = dollars(request.get("cost"))
        if cost is not None:
            self.cost = (self.cost or 0.0) + cost


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
