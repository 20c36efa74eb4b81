"""Weights from safetensors files, checked before anything uses them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from hpm_engine.errors import BadModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensors = dict[str, "NDArray[Any]"]
Layout = Mapping[str, tuple[str, tuple[int, ...]]]  # each tensor's dtype and shape by its name


def read_tensors(path: Path, layout: Layout, digest: str) -> Tensors:
    """The tensors of the file whose SHA-256 is ``digest`` (lower-case hex).

    The bytes that were hashed are the bytes that are parsed. Only safetensors is read, which has
    arrays and nothing that could be executed.

    Raises:
        BadModel: the file is missing, another, larger than its layout, or its tensors differ
            from ``layout`` in name, dtype or shape, or hold a value that is not finite.
    """
    return parsed(read_file(path, layout, digest), layout, str(path))


def read_file(path: Path, layout: Layout, digest: str) -> bytes:
    """The bytes of a file of the right size and SHA-256; raises ``BadModel`` for others."""
    try:
        with path.open("rb") as file:
            content = file.read(_bound(layout) + 1)
    except OSError as error:
        raise BadModel(f"The model {path} cannot be read ({error.strerror}).") from error
    if len(content) > _bound(layout):
        raise BadModel(f"The model {path} is larger than such a model is; it was not loaded.")
    actual = sha256(content).hexdigest()
    if actual != digest:
        raise BadModel(
            f"The model {path} is not the expected file: its SHA-256 is {actual}, "
            f"expected {digest}."
        )
    return content


def parsed(content: bytes, layout: Layout, name: str) -> Tensors:
    """The tensors in ``content``. Raises ``BadModel``, which calls the model ``name``."""
    try:
        tensors: Tensors = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise BadModel(f"The model {name} is no safetensors file: {error}") from error
    if tensors.keys() != layout.keys():
        odd = ", ".join(sorted(tensors.keys() ^ layout.keys())[:5])
        raise BadModel(f"The model {name} has other tensors than expected: {odd}.")
    for tensor, (dtype, shape) in layout.items():
        array = tensors[tensor]
        if (array.dtype.name, array.shape) != (dtype, shape):
            raise BadModel(
                f"The model {name}: {tensor} is {array.dtype.name} {array.shape}, "
                f"expected {dtype} {shape}."
            )
        if not np.isfinite(array).all():
            raise BadModel(f"The model {name}: {tensor} holds a value that is not finite.")
    return tensors


def packed(tensors: Tensors, about: str) -> bytes:
    """A safetensors file with ``about`` in its header. The same input gives the same bytes."""
    ordered = {name: np.asarray(tensors[name], order="C") for name in sorted(tensors)}
    # One entry: the library writes several in an order that changes from run to run.
    return bytes(save(ordered, {"about": about}))


def _bound(layout: Layout) -> int:
    """The most bytes of a file: those of the tensors and of a generous header."""
    sizes = (np.dtype(dtype).itemsize * int(np.prod(shape)) for dtype, shape in layout.values())
    return sum(sizes) + 1_000_000
