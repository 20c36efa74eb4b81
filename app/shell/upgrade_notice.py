"""What opening a store of an earlier version did to it; stays until it is dismissed."""

from __future__ import annotations

from app.kit.controls.notice_line import NoticeLine
from app.kit.theme.colour import Colour
from hpm_engine import Upgrade

_FREED = " Overview lists such files; their space is wiped with the next automatic compression."
_INDEX = " The Episodes and Recall views offer to do that."


class UpgradeNotice(NoticeLine):
    """A notice, hidden unless the store that was opened was brought up to date."""

    def __init__(self) -> None:
        super().__init__("Brought up to date")

    def tell(self, upgrade: Upgrade) -> None:
        """Say what was done, what was taken out and what waits."""
        self.say(said(upgrade), "Dismiss", self.hide, Colour.ACCENT)


def said(upgrade: Upgrade) -> str:
    """All of it, with where the window shows the rest."""
    text = " ".join(upgrade.sentences())
    if upgrade.steps_waiting or upgrade.episodes_waiting:
        text += _INDEX
    return text + (_FREED if upgrade.files_freed else "")
