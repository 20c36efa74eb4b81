"""One language for all benchmarks: named figures, each with its unit and its reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measured value; ``low`` and ``high`` bound it, ``reference`` is what it stands beside."""

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    reference: float | None = None


class BenchResult(msgspec.Struct, frozen=True):
    """A benchmark's figures, and the machine that they were measured on."""

    bench: str
    results: dict[str, Figure]
    environment: dict[str, Any]

    def to_json(self) -> str:
        """One JSON object."""
        return msgspec.json.encode(self).decode()

    def to_table(self) -> str:
        """Lines for people."""
        rows: list[tuple[str, ...]] = [("result", "value", "unit", "low", "high", "reference")]
        rows += [
            (
                name,
                _number(figure.value),
                figure.unit,
                *(_number(x) for x in (figure.low, figure.high, figure.reference)),
            )
            for name, figure in self.results.items()
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        lines = ["  ".join(_cell(row, i, widths) for i in range(6)).rstrip() for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
        machine = ", ".join(f"{name} {value}" for name, value in self.environment.items())
        return "\n".join([f"bench {self.bench}", *lines, f"({machine})"])


Report = Callable[[str], None]


class Bench(Protocol):
    """A benchmark: ``run`` measures; ``report`` hears of its progress."""

    name: str
    summary: str

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure; ``data`` is a folder of real traces, ``None`` for generated ones alone."""
        ...


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3g}"


def _cell(row: tuple[str, ...], column: int, widths: list[int]) -> str:
    numeric = column not in (0, 2)
    return row[column].rjust(widths[column]) if numeric else row[column].ljust(widths[column])
