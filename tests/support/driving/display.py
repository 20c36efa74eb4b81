"""A virtual display with a real mouse and real keys."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_SIZE = "1440x900"


def missing_tools() -> str:
    """What such a display needs and is not on this computer, in words; "" where all is there."""
    missing = [tool for tool in ("Xvfb", "xdotool") if not shutil.which(tool)]
    if not missing:
        return ""
    return f"{' and '.join(missing)} not installed: sh packaging/system_libraries.sh tests"


@contextmanager
def display() -> Iterator[str]:
    """The name of a display that is there as long as the block runs."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{_SIZE}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as numbers:
        number = numbers.readline().strip()
    try:
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
