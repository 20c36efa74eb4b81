"""Changes of documents that leave them nearly what a reader expects.

Mutation in the sense of fuzzing (https://www.fuzzingbook.org/html/MutationFuzzer.html): of bytes,
and of the values in a JSON document, which get another type, another neighbour or no name.
"""

from __future__ import annotations

import json
import random
from typing import Any

_DEEP: Any = []
for _ in range(60):
    _DEEP = [_DEEP]

# A value of every JSON type, and of those the ones that tend to be forgotten.
_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    2**63,
    2**80,
    1e308,
    -0.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\x00",
    "\ud800",
    "9999-12-31T23:59:59.999Z",
    "-0001-01-01",
    "1e999",
    [],
    [[]],
    [None],
    ["x", 1, {}],
    {},
    {"": ""},
    {"type": []},
    {"type": {"a": 1}},
    {"text": {"text": ["x"]}},
    _DEEP,
)
_SPLICES = (
    b"\x00" * 9,
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1e",
    b"}{",
    b"\n",
    b"\r",
    b"data: ",
    b'"',
    b"\\",
    b"\\ud800",
    b"[",
    b"]" * 40,
    b"{" * 400,
    b"<command-name>",
    b"<function=a>",
    b"```bash\n",
    b"\xe2\x80\xa8",
    b"NaN",
)
# What expressions are tripped up by: openings without an end, runs of what may be left out.
_RUNS = (
    "<command-name>",
    "<command-message>",
    "<execute>",
    "<function=a>",
    "<parameter=b>",
    "<system-reminder>",
    "```bash\n",
    "```",
    "\n\n",
    " ",
    "\t \n",
    "a.",
    "a/",
    "<a ",
    "$ ",
    "x=",
    "--",
    "((",
    "diff --git a/",
    'File "',
    "error: ",
    "@@ ",
    "\u200b",
)
_DECIDING = ("type", "role", "name", "id", "content", "message", "payload", "usage", "timestamp")
_RUN_SIZE = 3000  # characters


def changed_document(chance: random.Random, documents: list[bytes]) -> bytes:
    """One of the documents, changed in one to four places."""
    data = chance.choice(documents)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = _with_other_values(chance, data) if chance.random() < 0.7 else data
        data = _with_other_bytes(chance, data, documents) if chance.random() < 0.4 else data
    return data


def changed_bytes(chance: random.Random, data: bytes) -> bytes:
    """The same bytes with a few flipped, cut out or doubled."""
    return _with_other_bytes(chance, data, [data])


def _with_other_bytes(chance: random.Random, data: bytes, documents: list[bytes]) -> bytes:
    offset = chance.randrange(len(data) + 1)
    size = min(chance.choice((1, 2, 8, 64, 1000)), len(data) - offset)
    match chance.randrange(7):
        case 0:
            return (
                data[:offset]
                + bytes(byte ^ 1 << chance.randrange(8) for byte in data[offset:][:size])
                + (data[offset + size :])
            )
        case 1:
            return data[:offset] + data[offset + size :]
        case 2:
            return data[:offset] + chance.choice(_SPLICES) + data[offset:]
        case 3:
            return data[:offset]
        case 4:
            return data[:offset] + data[offset : offset + size] * 3 + data[offset + size :]
        case 5:
            return data + chance.choice((b"", b"\n", b"\n\n")) + chance.choice(documents)
        case _:
            other = chance.choice(documents)
            return data[:offset] + other[chance.randrange(len(other) + 1) :]


def _with_other_values(chance: random.Random, data: bytes) -> bytes:
    """A JSON document, or a line of JSON lines, with a value changed; other data as it is."""
    lines = data.split(b"\n")
    start, size = (0, len(lines)) if len(lines) < 2 else (chance.randrange(len(lines)), 1)
    for first, count in ((start, size), (0, len(lines))):
        try:
            document = json.loads(b"\n".join(lines[first : first + count]))
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict | list):
            _change(chance, document)
            text = json.dumps(document, ensure_ascii=chance.random() < 0.7)
            lines[first : first + count] = [text.encode(errors="surrogatepass")]
            return b"\n".join(lines)
    return data


def _change(chance: random.Random, document: Any) -> None:
    """Change one value somewhere in a document, in place."""
    holder = document
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            return
        key = chance.choice(keys)
        if not isinstance(holder[key], dict | list) or not holder[key] or chance.random() < 0.25:
            break
        holder = holder[key]
    if isinstance(holder, dict) and chance.random() < 0.3:  # what readers decide by
        key = next((name for name in _DECIDING if name in holder), key)
    match chance.randrange(8):
        case 0 | 1 | 2:
            holder[key] = chance.choice(_VALUES)
        case 3:
            del holder[key]
        case 4:
            holder[key] = [holder[key]] if chance.random() < 0.5 else {"value": holder[key]}
        case 5 if isinstance(holder, dict):
            holder[chance.choice(("type", "role", "content", "id", "x"))] = holder.pop(key)
        case 5 | 6 if isinstance(holder, list):
            holder[key:key] = [holder[key]] * chance.choice((1, 2, 50))
        case _:
            run = chance.choice(_RUNS)
            holder[key] = chance.choice(_RUNS) + run * (_RUN_SIZE // len(run))
