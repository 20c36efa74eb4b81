"""The φ that a store's episode vectors are by: it encodes the cues."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import VectorKind

MakePhi = Callable[[StaticEncoder], PhiEncoder]


class PhiQueries:
    """Finds the φ for a store whose episodes have vectors by it; loads it when first of use."""

    def __init__(self, rows: VectorRows, make: MakePhi) -> None:
        self._rows = rows
        self._make = make
        self._made_for: tuple[StaticEncoder, str] | None = None
        self._phi: PhiEncoder | None = None

    def over(self, steps: StaticEncoder | None) -> PhiEncoder | None:
        """φ over ``steps``; ``None`` where the store's vectors are not by that φ.

        Raises ``BadModel`` where the shipped weights are missing or not those shipped.
        """
        current = self._rows.current(VectorKind.EPISODE)
        if current is None or steps is None:
            return None
        # Other vectors may be by other weights: the store's own change when they are tuned.
        wanted = steps, current.sha256
        if self._phi is None or self._made_for != wanted:
            self._phi, self._made_for = self._make(steps), wanted
        return self._phi if current.sha256 == self._phi.identity.sha256 else None
