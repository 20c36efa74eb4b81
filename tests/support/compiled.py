"""What UMAP compiles, kept for all runs of the tests: that takes longer than any layout."""

from __future__ import annotations

from pathlib import Path

COMPILED = Path(__file__).parents[2] / "build" / "compiled"


def share_compiled(cache: Path) -> None:
    """Let a cache of its own have what earlier tests compiled."""
    COMPILED.mkdir(parents=True, exist_ok=True)
    cache.mkdir(exist_ok=True)
    (cache / "compiled").symlink_to(COMPILED)
