"""The folder of cases: small files as agents wrote them, each folder with what it is about."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
