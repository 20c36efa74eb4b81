"""The ``hpm`` command: the engine's facade for a terminal and for scripts."""

from __future__ import annotations


def main() -> None:
    """Run the ``hpm`` command with the process's arguments."""
    from hpm_engine.cli.root import hpm  # click is only for those who run the command

    hpm()
