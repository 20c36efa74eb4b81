"""The views of the rail: a new one is a folder of its name, and a line here."""

from __future__ import annotations

from enum import StrEnum

from app.kit.icons import Icon

_DIGITS = 9  # Ctrl+0 resets the text size


class ViewName(StrEnum):
    """The views in the order of the rail: the name of each one's folder, and its icon."""

    _value_: str
    icon: Icon

    OVERVIEW = "overview", Icon.OVERVIEW
    EPISODES = "episodes", Icon.EPISODES
    MASKS = "masks", Icon.MASKS
    PROTOTYPES = "prototypes", Icon.PROTOTYPES
    CONSOLIDATION = "consolidation", Icon.CONSOLIDATION
    RECALL = "recall", Icon.RECALL
    NOTES = "notes", Icon.NOTES
    AUDIT = "audit", Icon.AUDIT
    HEALTH = "health", Icon.HEALTH
    AGENTS = "agents", Icon.AGENTS

    def __new__(cls, folder: str, icon: Icon) -> ViewName:
        """A text that is the folder's name."""
        name = str.__new__(cls, folder)
        name._value_ = folder
        name.icon = icon
        return name

    @property
    def keys(self) -> str:
        """The keys that lead there: the first nine have a digit."""
        number = list(ViewName).index(self) + 1
        return f"Ctrl+{number}" if number <= _DIGITS else "Alt+0"

    @property
    def label(self) -> str:
        """What the rail and the menu call the view."""
        return self.value.capitalize()
