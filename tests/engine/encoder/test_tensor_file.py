from __future__ import annotations

import pickle
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from hpm_engine.encoder.tensor_file import Layout, packed, parsed, read_tensors
from hpm_engine.errors import BadModel

LAYOUT: Layout = {"w": ("float32", (2, 3)), "b": ("float32", (3,))}
GOOD = {"w": np.ones((2, 3), np.float32), "b": np.zeros(3, np.float32)}


def written(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / "m.safetensors"
    path.write_bytes(content)
    return path, sha256(content).hexdigest()


def test_what_was_packed_is_read(tmp_path: Path) -> None:
    path, digest = written(tmp_path, packed(GOOD, "a test"))
    tensors = read_tensors(path, LAYOUT, digest)
    assert tensors.keys() == GOOD.keys()
    assert all(np.array_equal(tensors[name], GOOD[name]) for name in GOOD)


def test_the_same_tensors_are_the_same_bytes() -> None:
    backwards = dict(reversed(GOOD.items()))
    assert packed(GOOD, "a test") == packed(backwards, "a test")


@pytest.mark.parametrize(
    ("tensors", "named"),
    [
        ({"w": GOOD["w"]}, "other tensors than expected: b"),
        (GOOD | {"more": np.zeros(1, np.float32)}, "other tensors than expected: more"),
        (GOOD | {"w": np.ones((3, 2), np.float32)}, r"w is float32 \(3, 2\)"),
        (GOOD | {"w": np.ones((2, 3), np.float64)}, "w is float64"),
        (GOOD | {"b": np.array([0, np.nan, 0], np.float32)}, "b holds a value"),
        (GOOD | {"b": np.array([0, np.inf, 0], np.float32)}, "b holds a value"),
    ],
)
def test_tensors_other_than_expected_are_refused(
    tensors: dict[str, np.ndarray], named: str
) -> None:
    with pytest.raises(BadModel, match=named):
        parsed(packed(tensors, ""), LAYOUT, "m")


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 8, packed(GOOD, "")[:-1], pickle.dumps(GOOD), b"{}" * 40]
)
def test_bytes_that_are_no_safetensors_are_refused(content: bytes) -> None:
    with pytest.raises(BadModel, match="no safetensors file"):
        parsed(content, LAYOUT, "m")


def test_another_file_is_refused_by_its_digest(tmp_path: Path) -> None:
    path, _ = written(tmp_path, packed(GOOD, "a test"))
    with pytest.raises(BadModel, match="not the expected file"):
        read_tensors(path, LAYOUT, "0" * 64)


def test_a_file_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path, digest = written(tmp_path, b"\0" * 2_000_000)
    with pytest.raises(BadModel, match="larger than such a model"):
        read_tensors(path, LAYOUT, digest)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"nowhere\.safetensors cannot be read"):
        read_tensors(tmp_path / "nowhere.safetensors", LAYOUT, "0" * 64)
