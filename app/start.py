"""What is set before the window's modules are imported, so that its first rows come sooner."""

from __future__ import annotations

import builtins
import gc

import PySide6.QtCore  # noqa: F401  puts an import of its own in the place of Python's


def lighten_imports() -> None:
    """Let modules be imported without looking for garbage and without reading their sources.

    PySide's import reads the source of every module that is imported, and keeps it, to know
    whether ``from __feature__ import …`` may matter to it; nothing here asks for such features.
    That was a tenth of the time to the first rows and 10 MB. Imports leave next to no garbage:
    of what is made until the window stands Python's collector finds 600 objects in 40 ms. From
    then on ``app/shell/garbage.py`` collects.
    """
    gc.disable()
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain
