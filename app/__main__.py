"""``hpm-inspector``: what the command line means; everything heavy is imported afterwards."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

_THEMES = {"light": ("light",), "dark": ("dark",), "both": ("light", "dark")}
_NO_DISPLAY = """\
hpm-inspector: there is no display to show the window on.
Start it from a desktop session, set DISPLAY (for example with `ssh -X`, or `xvfb-run -a
hpm-inspector`), or use the `hpm` command, which needs none.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns 0, or 2 when it cannot be shown."""
    asked = _parser().parse_args(arguments)
    if asked.screenshots is not None and not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        # It tells for every window that it keeps no size hints.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    if not _has_display():
        sys.stderr.write(_NO_DISPLAY)
        return 2
    from app.start import lighten_imports

    lighten_imports()
    from app.shell.application import Options, run

    return run(
        Options(
            store=asked.store.absolute() if asked.store else None,
            screenshots=asked.screenshots,
            go=asked.go,
            themes=_THEMES.get(asked.theme, ()),
            size=asked.size,
            scale=asked.scale,
            scenes=tuple(asked.scenes.split(",")) if asked.scenes else (),
            log=asked.log.absolute() if asked.log else None,
            measure_open=asked.measure_open,
            measure_typing=asked.measure_typing,
            measure_recall=asked.measure_recall,
            measure_tuning=asked.measure_tuning,
            measure_cycle=asked.measure_cycle,
            measure_map=asked.measure_map,
            measure_masks=asked.measure_masks,
            measure_reading=asked.measure_reading,
            measure_live=asked.measure_live,
            measure_staying=asked.measure_staying,
            measure_import=tuple(path.absolute() for path in asked.measure_import),
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hpm-inspector", description="See and steer what an AI agent remembers."
    )
    parser.add_argument("store", nargs="?", type=Path, metavar="STORE", help="the store to open")
    parser.add_argument(
        "--go",
        metavar="LINK",
        default="",
        help="show this episode or step: episode/12, episode/12/step/4",
    )
    parser.add_argument(
        "--screenshots",
        type=Path,
        metavar="DIR",
        help="write a picture of every view to DIR and exit; needs no display",
    )
    parser.add_argument("--theme", choices=tuple(_THEMES), help="the theme to start with")
    parser.add_argument("--size", type=_size, metavar="WxH", help="the window's size in pixels")
    parser.add_argument(
        "--scale",
        type=int,
        choices=range(50, 301),
        default=0,
        metavar="PER_CENT",
        help="the text size of the pictures",
    )
    parser.add_argument(
        "--scenes", default="", metavar="NAME,…", help="take these pictures alone: episodes,recall"
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="write the program's log there; it holds no text of a trace, HPM_LOG sets its level",
    )
    # For `hpm bench`: the window measures itself and prints JSON.
    parser.add_argument("--measure-open", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-typing", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--measure-recall", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--measure-tuning", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-cycle", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--measure-map", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-masks", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-reading", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-live", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--measure-staying", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument(
        "--measure-import", nargs="+", type=Path, default=(), help=argparse.SUPPRESS
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1440x900") from None


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    sys.exit(main())
