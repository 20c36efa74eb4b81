"""Sessions in which the deeds behind planted lines happen, as Claude Code writes them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from hpm_engine.evaluation.notes.planted import Deed, PlantedLine
from hpm_engine.evaluation.notes.wordings import Wording

_FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # of the first session; one a day follows
_SESSIONS = 10
NOTED_AT = int((_FIRST + timedelta(days=5, hours=10)).timestamp())  # when the note is written
_NOISE = ("git status", "ls", "git diff --stat", "pwd")  # commands that no line names


def session_files(lines: Sequence[PlantedLine], seed: str, wording: Wording) -> dict[str, bytes]:
    """The files of all sessions by name; the deeds of each day in an order of chance."""
    files = {}
    for day in range(_SESSIONS):
        deeds = [deed for line in lines for deed in line.deeds if deed.when == day]
        chooser = random.Random(f"{seed}:{wording.name}:{day}")
        chooser.shuffle(deeds)
        key = str(uuid.UUID(int=chooser.getrandbits(128), version=4))
        session = _Session(key, wording.folder, _FIRST + timedelta(days=day))
        session.say("Please go on with the work of yesterday.")
        for deed in deeds:
            session.do(deed)
            if chooser.random() < 0.3:
                session.do(Deed(day, "run", chooser.choice(_NOISE), ""))
        files[f"{key}.jsonl"] = b"".join(
            msgspec.json.encode(record) + b"\n" for record in session.records
        )
    return files


class _Session:
    """The records of one session, a minute apart."""

    def __init__(self, key: str, folder: str, start: datetime) -> None:
        self._key, self._folder, self._at = key, folder, start
        self.records: list[dict[str, object]] = []

    def say(self, text: str) -> None:
        self._add("user", text)

    def do(self, deed: Deed) -> None:
        if deed.kind == "ask":
            self.say(deed.text)
            return
        call = f"toolu_{len(self.records):06}"
        name, arguments = next(_calls(deed, self._folder))
        use = {"type": "tool_use", "id": call, "name": name, "input": arguments}
        self._add("assistant", [use])
        result = {"type": "tool_result", "tool_use_id": call, "content": deed.output}
        self._add("user", [result | ({} if deed.worked else {"is_error": True})])

    def _add(self, role: str, content: object) -> None:
        self._at += timedelta(minutes=1)
        message = {"role": role, "content": content}
        if role == "assistant":
            message |= {"type": "message", "id": f"msg_{len(self.records)}", "model": "invented"}
        self.records.append(
            {
                "type": role,
                "sessionId": self._key,
                "uuid": f"{self._key}-{len(self.records)}",
                "cwd": self._folder,
                "timestamp": self._at.isoformat().replace("+00:00", "Z"),
                "message": message,
            }
        )


def _calls(deed: Deed, folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    path = f"{folder}/{deed.text}"
    if deed.kind == "run":
        yield "Bash", {"command": deed.text}
    elif deed.kind == "edit":
        yield "Write", {"file_path": path, "content": deed.body}
    else:
        yield "Read", {"file_path": path}
