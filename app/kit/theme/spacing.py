"""The spacing scale, in pixels: steps of 4, so that things line up."""

from __future__ import annotations

HAIR = 4  # between what belongs together
SMALL = 8  # between controls of a row
MEDIUM = 12  # around the content of a pane
LARGE = 16  # between groups
HUGE = 24  # around a page
