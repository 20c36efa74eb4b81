"""What goes with an export for whoever receives it: the program that checks it, and its text."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parents[1] / "resources" / "audit"
_CHECKOUT = Path(__file__).parents[2] / "resources" / "audit"


def verifier() -> str:
    """The program, which needs Python 3.8 alone."""
    return _read("verify_audit.py")


def receiver_text() -> str:
    """How it is used, and what it proves."""
    return _read("README.txt")


def _read(name: str) -> str:
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return (folder / name).read_text("utf-8")
