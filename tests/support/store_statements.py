"""Statements that change a store's file behind the program's back."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.store.file.driver import load_driver


def change(path: Path, *statements: str) -> None:
    connection = load_driver().connect(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
