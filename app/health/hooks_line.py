"""The line of Health that tells of hooks which failed lately on this store."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.kit.controls.notice_line import NoticeLine
from app.kit.formatting import counted
from app.kit.list_times import list_time
from app.kit.theme.colour import Colour
from hpm_engine import LATELY_DAYS, AgentFailures, failure_words


class HooksLine(NoticeLine):
    """How many hooks failed, of which agents; hidden where none did. ``go`` leads to Agents."""

    def __init__(self, go: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__("Hooks that failed", parent)
        self._go = go

    def show_failures(self, failures: tuple[AgentFailures, ...]) -> None:
        """Tell of these, or of nothing."""
        if failures:
            text = " ".join(failure_sentence(failed) for failed in failures)
            self.say(text, "Show agents", self._go, Colour.WARN)
        else:
            self.hide()


def failure_sentence(failed: AgentFailures) -> str:
    """How many hooks of one agent failed, why the last did, and whether it went on."""
    reason, _ = failure_words(failed.last.failure)
    hooks = counted(failed.failed, "hook")
    since = f" {counted(failed.since, 'run')} went well since." if failed.since else ""
    last = list_time(failed.last.at)
    return (
        f"{hooks} of {failed.title} failed within {LATELY_DAYS} days, the last {last}: "
        f"{reason}.{since}"
    )
