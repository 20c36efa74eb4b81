"""Words, labels and hits are the same in every process, whatever seed its hashes have."""

from __future__ import annotations

import os
import subprocess
import sys

_PROGRAM = """
from hpm_engine.recall.prototype_labels import labels, together, words_of
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

def step(seq, text):
    parts = (Part(PartKind.MESSAGE, text), Part(PartKind.CALL, "{}", f"tool{seq}", "c"))
    return Step(1, seq, StepSource.AGENT, StepFlag.NONE, None, "", None, None, parts)

names = [f"word{n:03}" for n in range(90)]
files = [f"src/file{n:03}.py" for n in range(90)]
some = [words_of([step(n, " ".join(names + files))]) for n in range(3)]
print(some, together(some), labels(some), sep="\\n")
"""


def test_equal_counts_are_told_apart_by_the_alphabet() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1
    assert "word000" in said.pop()
