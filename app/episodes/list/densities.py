"""How much room an episode takes in the list, for each layout."""

from __future__ import annotations

from app.episodes.list.list_view import Density
from app.episodes.reading_frame import Layout


class Densities:
    """The density that a person chose in each layout with a list."""

    def __init__(self) -> None:
        self._chosen = {Layout.LEFT: Density.COMFORTABLE, Layout.ABOVE: Density.TABLE}

    def of(self, layout: Layout) -> Density:
        """The density in a layout."""
        return self._chosen.get(layout, Density.COMFORTABLE)

    def choose(self, layout: Layout, density: Density) -> None:
        """Keep the density for a layout."""
        if layout in self._chosen:
            self._chosen[layout] = density

    def left_as(self) -> str:
        """The densities as a text to be remembered."""
        return " ".join(self._chosen.values())

    def restore_as(self, text: str) -> None:
        """Take on what ``left_as`` said; nothing where it is not understood."""
        known = {density.value: density for density in Density}
        for layout, name in zip(tuple(self._chosen), text.split(), strict=False):
            self._chosen[layout] = known.get(name, self._chosen[layout])
