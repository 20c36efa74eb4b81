"""Start a measurement, print its figures as one line of JSON, and end the program."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from app.shell.application import Options, Program

_TIMEOUT_MS = 600_000
_TIMED_OUT = 3  # exit status


def measure(program: Program, options: Options) -> int:
    """Run what was asked for; the exit status is 3 when it did not end within ten minutes.

    A window that is to stay open has its own time besides.
    """
    if options.store is None:
        sys.stderr.write("hpm-inspector: name the store to measure with.\n")
        return 2

    def finish(figures: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(figures) + "\n")
        sys.stdout.flush()
        QTimer.singleShot(0, program.window, program.window.close)

    if options.measure_import:
        from app.measure.importing import Importing

        Importing(program, list(options.measure_import), finish)
        program.window.stores.make(options.store)
    elif options.measure_typing:
        from app.measure.typing import Typing

        Typing(program, options.measure_typing, finish)
        program.window.stores.open(options.store)
    elif options.measure_recall:
        from app.measure.recalls import Recalls

        Recalls(program, options.measure_recall, finish)
        program.window.stores.open(options.store)
    elif options.measure_tuning:
        from app.measure.tunings import Tunings

        Tunings(program, finish)
        program.window.stores.open(options.store)
    elif options.measure_cycle:
        from app.measure.cycles import Cycles

        Cycles(program, options.measure_cycle, finish)
        program.window.stores.open(options.store)
    elif options.measure_map:
        from app.measure.maps import Maps

        Maps(program, finish)
        program.window.stores.open(options.store)
    elif options.measure_masks:
        from app.measure.masks import Masks

        Masks(program, finish)
        program.window.stores.open(options.store)
    elif options.measure_live:
        from app.measure.live import Live

        Live(program, options.measure_live, finish)
        program.window.stores.open(options.store)
    elif options.measure_staying:
        from app.measure.staying import Staying

        Staying(program, options.measure_staying, finish)
        program.window.stores.open(options.store)
    elif options.measure_reading:
        from app.measure.reading import Reading

        Reading(program, finish)
        program.window.stores.open(options.store)
    else:
        from app.measure.opening import Opening

        Opening(program, finish)
        program.window.stores.open(options.store)
    longest = _TIMEOUT_MS + 1000 * options.measure_staying
    QTimer.singleShot(longest, program.window, lambda: program.qt.exit(_TIMED_OUT))
    program.window.show()
    return program.qt.exec()
