from __future__ import annotations

import json

import pytest

from hpm_engine.recall.changes import changes_of
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource


def edited(path: str) -> Step:
    call = json.dumps({"file_path": path, "new_string": "x = 1"})
    return invented_step(Part(PartKind.CALL, call, "Edit", "c"), StepFlag(0))


def invented_step(part: Part, flags: StepFlag) -> Step:
    return Step(1, 0, StepSource.AGENT, flags, None, "", None, None, (part,))


@pytest.mark.parametrize(
    ("path", "cwd", "expected"),
    [
        ("/testbed/shop/price.py", "/testbed", "shop/price.py"),
        ("/home/ada/shop/price.py", "/home/ada/", "shop/price.py"),
        ("/home/ada2/price.py", "/home/ada", "home/ada2/price.py"),
        ("C:\\work\\price.py", "C:\\work", "price.py"),
        ("./shop/price.py", "/testbed", "shop/price.py"),
        ("/testbed/shop/price.py", "", "testbed/shop/price.py"),
        ("/price.py", "/", "price.py"),
    ],
)
def test_paths_are_relative_to_the_episodes_own_folder(path: str, cwd: str, expected: str) -> None:
    assert [change.path for change in changes_of([edited(path)], cwd)] == [expected]


def test_a_patch_that_was_handed_in_stands_for_all_edits() -> None:
    patch = "diff --git a/shop/price.py b/shop/price.py\n+fix()\n"
    handed_in = invented_step(Part(PartKind.RESULT, patch), StepFlag.SUBMISSION)
    changes = changes_of([edited("/testbed/scratch.py"), handed_in], "/testbed")
    assert [change.path for change in changes] == ["shop/price.py"]
