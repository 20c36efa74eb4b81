"""Ways to spoil an export of the log, or the proof beside it."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Lines = list[dict[str, Any]]
_TEXTS = ("at", "actor", "action", "subject", "previous")


def _field(rows: Lines, proof: Lines, chance: random.Random) -> None:
    row, name = chance.choice(rows), chance.choice(_TEXTS)
    row[name] += "x"


def _detail(rows: Lines, proof: Lines, chance: random.Random) -> None:
    chance.choice(rows)["detail"]["more"] = 1


def _content(rows: Lines, proof: Lines, chance: random.Random) -> None:
    row = chance.choice([row for row in rows if "content" in row])
    chance.choice([row["content"].update, lambda _: row.update(salt="00" * 32)])({"value": "x"})


def _foreign(rows: Lines, proof: Lines, chance: random.Random) -> None:
    chance.choice(rows)["comment"] = "all is well"


def _drop_row(rows: Lines, proof: Lines, chance: random.Random) -> None:
    rows.pop(chance.randrange(len(rows)))


def _drop_both(rows: Lines, proof: Lines, chance: random.Random) -> None:
    row = rows.pop(chance.randrange(len(rows)))
    proof.remove({"line": row["seq"]})


def _twice(rows: Lines, proof: Lines, chance: random.Random) -> None:
    index = chance.randrange(len(rows))
    rows.insert(index, rows[index])


def _swap(rows: Lines, proof: Lines, chance: random.Random) -> None:
    if len(rows) < 2:
        rows[0]["seq"] += 1
        return
    first, second = chance.sample(range(len(rows)), 2)
    rows[first], rows[second] = rows[second], rows[first]


def _renumber(rows: Lines, proof: Lines, chance: random.Random) -> None:
    chance.choice(rows)["seq"] += chance.choice((-1, 1))


def _proof_line(rows: Lines, proof: Lines, chance: random.Random) -> None:
    proof.pop(chance.randrange(1, len(proof)))


def _own_row(rows: Lines, proof: Lines, chance: random.Random) -> None:
    row = next(line["row"] for line in reversed(proof) if "row" in line)
    row["after"] = "0" * 64


def _hidden(rows: Lines, proof: Lines, chance: random.Random) -> None:
    runs = [line["hidden"] for line in proof if "hidden" in line]
    if not runs:
        proof.insert(1, {"hidden": [1, 1, "0" * 64]})
        return
    run, index = chance.choice(runs), chance.randrange(3)
    run[index] = run[2][::-1] if index == 2 else run[index] + 1


def _checkpoint(rows: Lines, proof: Lines, chance: random.Random) -> None:
    lines = proof[0]["checkpoint"].split("\n")
    index = chance.randrange(len(lines) - 1)
    lines[index] = lines[index].replace("1", "2") + "1"
    proof[0]["checkpoint"] = "\n".join(lines)


def _key(rows: Lines, proof: Lines, chance: random.Random) -> None:
    proof[0]["keys"] = chance.choice(([], ["hpm-inspector/x+00000000+AQ=="], [3]))


MUTATIONS: dict[str, Callable[[Lines, Lines, random.Random], None]] = {
    "field": _field,
    "detail": _detail,
    "content": _content,
    "foreign": _foreign,
    "drop row": _drop_row,
    "drop both": _drop_both,
    "twice": _twice,
    "swap": _swap,
    "renumber": _renumber,
    "proof line": _proof_line,
    "own row": _own_row,
    "hidden": _hidden,
    "checkpoint": _checkpoint,
    "key": _key,
}


def spoiled(source: Path, folder: Path, kind: str, chance: random.Random) -> tuple[Path, Path]:
    """An export of JSON lines and its proof, spoiled in one way; the two files."""
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    with zipfile.ZipFile(f"{source}.proof.zip") as archive:
        proof = [json.loads(line) for line in archive.read("proof.jsonl").decode().splitlines()]
    MUTATIONS[kind](rows, proof, chance)
    file, beside = folder / "spoiled.jsonl", folder / "proof.jsonl"
    for path, lines in ((file, rows), (beside, proof)):
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        path.write_text(text, "utf-8")
    return beside, file
