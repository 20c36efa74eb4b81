"""Print the Debian packages that Qt (and with "tests" the tests) need and that are missing."""

from __future__ import annotations

import ctypes
import shutil
import sys
from pathlib import Path

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def loads(library: str) -> bool:
    """Whether the loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether there is any scalable font: without one Qt draws boxes for letters."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def missing(for_tests: bool) -> list[str]:
    """The packages to install, in order."""
    packages = [package for library, package in LIBRARIES.items() if not loads(library)]
    if not has_font():
        packages.append("fonts-dejavu-core")
    if for_tests and not shutil.which("Xvfb"):
        packages.append("xvfb")
    if for_tests and not shutil.which("xdotool"):
        packages.append("xdotool")
    return packages


if __name__ == "__main__" and sys.platform.startswith("linux"):
    print(" ".join(missing(for_tests="tests" in sys.argv[1:])))
