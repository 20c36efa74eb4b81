"""What stands in place of a list without rows: why there are none, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from app.kit.controls.state_page import StatePage

Act = Callable[[], None]


def show_no_rows(page: StatePage, index: Act | None, clear: Act | None) -> None:
    """Say why no episode is listed.

    ``index`` indexes what an earlier version left, which may hold what was searched; ``clear``
    takes away what narrows the list.
    """
    if index is not None:
        page.show_empty(
            "No episode found so far",
            "An earlier version indexed some steps: they may not be found by these words yet.",
            "Index now",
            index,
        )
    elif clear is not None:
        page.show_empty(
            "No episode matches",
            "Take words or filters away to see more.",
            "Clear the search and all filters",
            clear,
        )
    else:
        page.show_empty(
            "No episodes yet",
            "Import agents' sessions from the File menu, or drop files and folders on the window.",
        )
