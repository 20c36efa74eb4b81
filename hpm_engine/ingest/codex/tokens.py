"""Token counts of requests, taken from a rollout's repeated counts and running totals."""

from __future__ import annotations

from hpm_engine.ingest.codex.lines import CodexUsage, TokenInfo


class CodexTokens:
    """The tokens of each request, once: many versions write every count twice in a row."""

    def __init__(self) -> None:
        self._last: TokenInfo | None = None

    def counted(self, info: TokenInfo | None) -> CodexUsage | None:
        """The tokens of the request just finished; None for a repetition or an empty count."""
        if info is None or info == self._last:
            return None
        before, self._last = self._last, info
        if info.last_token_usage is not None or info.total_token_usage is None:
            return info.last_token_usage
        return _difference(before, info.total_token_usage)


def _difference(before: TokenInfo | None, total: CodexUsage) -> CodexUsage:
    earlier = (before and before.total_token_usage) or CodexUsage()
    return CodexUsage(
        max(0, total.input_tokens - earlier.input_tokens),
        max(0, total.output_tokens - earlier.output_tokens),
    )
