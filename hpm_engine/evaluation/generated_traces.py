"""Traces for benchmarks, of invented words, in the shape of Claude Code sessions.

They measure speed, nothing else; the sample store is the one that reads like work.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

_SYLLABLES = ("ba", "cor", "den", "fil", "gra", "hex", "ima", "jun", "kel", "lor", "mit", "nor")
_TOOLS = ("Read", "Bash", "Edit", "Grep")


class TraceMaker:
    """Deterministic sessions from a seed, of so many words of so many syllables."""

    def __init__(self, seed: int, words: int = 4000, syllables: int = 3) -> None:
        self._random = random.Random(seed)
        choice = self._random.choice
        self._words = ["".join(choice(_SYLLABLES) for _ in range(syllables)) for _ in range(words)]

    def text(self, words: int) -> str:
        """``words`` words in lines of ten."""
        chosen = self._random.choices(self._words, k=words)
        return "\n".join(" ".join(chosen[i : i + 10]) for i in range(0, words, 10))

    def session(self, session: int, turns: int, words: int) -> Iterator[bytes]:
        """The lines of one session: a prompt, then ``turns`` calls, each with its result."""
        yield self._line(session, 0, "user", {"role": "user", "content": self.text(30)})
        for turn in range(1, turns + 1):
            yield self._line(session, 2 * turn - 1, "assistant", self._call(session, turn, words))
            result = {
                "type": "tool_result",
                "tool_use_id": f"toolu_{session}_{turn}",
                "content": self.text(words),
            }
            yield self._line(session, 2 * turn, "user", {"role": "user", "content": [result]})

    def _call(self, session: int, turn: int, words: int) -> dict[str, Any]:
        tool = {
            "type": "tool_use",
            "id": f"toolu_{session}_{turn}",
            "name": self._random.choice(_TOOLS),
            "input": {"command": self.text(8), "file_path": f"/src/{turn % 97}.py"},
        }
        return {
            "role": "assistant",
            "id": f"msg_{session}_{turn}",
            "model": "generated",
            "content": [{"type": "text", "text": self.text(words // 4)}, tool],
            "usage": {"input_tokens": 1000 + turn, "output_tokens": words},
        }

    def image_line(self, session: int, size: int) -> bytes:
        """A tool result that is an image of ``size`` bytes in base64, on one line."""
        data = base64.b64encode(self._random.randbytes(size * 3 // 4)).decode()
        source = {"type": "base64", "media_type": "image/png", "data": data}
        result = {
            "type": "tool_result",
            "tool_use_id": f"toolu_{session}_1",
            "content": [{"type": "image", "source": source}],
        }
        return self._line(session, 1_000_000, "user", {"role": "user", "content": [result]})

    def _line(self, session: int, number: int, kind: str, message: dict[str, Any]) -> bytes:
        day, second = divmod(session * 7919 + number, 86_400)
        stamp = f"2026-{1 + day // 28 % 12:02}-{1 + day % 28:02}T"
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
        record = {
            "parentUuid": None,
            "isSidechain": False,
            "cwd": f"/home/dev/project-{session % 7}",
            "sessionId": f"generated-{session:08}",
            "version": "2.1.0",
            "gitBranch": "main",
            "type": kind,
            "message": message,
            "uuid": f"{session:08x}-{number:08x}",
            "timestamp": stamp + clock,
        }
        return json.dumps(record).encode() + b"\n"


def write_sessions(folder: Path, total: int, *, seed: int = 7) -> None:
    """Fill ``folder`` with session files of about 1 MB, ``total`` bytes in all."""
    folder.mkdir(parents=True, exist_ok=True)
    maker, written, session = TraceMaker(seed), 0, 0
    while written < total:
        path = folder / f"generated-{session:08}.jsonl"
        with path.open("wb") as stream:
            stream.writelines(maker.session(session, 200, 300))
            written += stream.tell()
        session += 1


def write_one_session(path: Path, total: int, long_line: int, *, seed: int = 11) -> None:
    """One session file of ``total`` bytes with one line of ``long_line`` bytes in its midst."""
    maker = TraceMaker(seed)
    # Generating gigabytes word by word takes minutes, so a block of turns repeats under new ids.
    block = b"".join(maker.session(0, 400, 300))
    with path.open("wb") as stream:
        _repeat(stream, block, total // 2)
        stream.write(maker.image_line(0, long_line))
        _repeat(stream, block, total)


def _repeat(stream: BinaryIO, block: bytes, until: int) -> None:
    while stream.tell() < until:
        stamp = f"_{stream.tell():x}_".encode()
        again = block.replace(b"toolu_0_", b"toolu" + stamp).replace(b"msg_0_", b"msg" + stamp)
        again = again.replace(b'"content": "', b'"content": "' + stamp + b" ")
        stream.write(
            again.replace(b'"timestamp": "2026-', b'"timestamp": "' + _year(stream.tell()))
        )


def _year(position: int) -> bytes:
    """A year that tells repeats apart, so that none is taken for a copy of another."""
    return f"{2000 + position // 400_000 % 7000:04}-".encode()
