"""The models that come with the program: their paths and their digests."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from hpm_engine.encoder.tensor_file import Layout, Tensors, read_tensors
from hpm_engine.errors import BadModel

PIECES = 30522  # of the vocabulary
DIMENSION = 256  # of a vector

VOCABULARY = "word-pieces.txt"
TABLE_NAME = "static-256"
TABLE = "static-256.safetensors"
TABLE_LAYOUT: Layout = {"rows": ("int8", (PIECES, DIMENSION))}

PHI_NAME = "phi-256"
PHI = "phi-256.safetensors"

MASK = "mask-2.safetensors"
DECODER = "decoder-1.safetensors"
NAMES = "names-1.zdict"  # memories are packed with it: another dictionary needs another name

DIGESTS = {
    DECODER: "e37612e4a9d723fe7005d9be5be097afed895a3b53a946223d607360873bf0c4",
    NAMES: "ea501d95173c8ca0233176ca8cba9137cdcc565d3eab416ea625fc7f77ca6529",
    MASK: "0f7da57cf0a4be0ca460ebfac6482d2c4fa32d8e3a51a886f61b18a756271da2",
    PHI: "d96c5a0a274533f096f891f0da0d9017e94c9bfe103f6dab7a629da5ec61e0ef",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    TABLE: "3d5255689df645e7c69145cca9a395aa72b065890f1a13df84a72717ce275b82",
}

_INSTALLED = Path(__file__).parents[1] / "resources" / "models"
_CHECKOUT = Path(__file__).parents[2] / "resources" / "models"


def model_path(name: str) -> Path:
    """The path of the shipped file of that name."""
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT) / name


def shipped_tensors(name: str, layout: Layout) -> Tensors:
    """The tensors of a shipped model; raises ``BadModel`` where its file is another."""
    return read_tensors(model_path(name), layout, DIGESTS[name])


def vocabulary() -> tuple[str, ...]:
    """BERT's uncased word pieces, by index; raises ``BadModel`` where the file is another."""
    return tuple(shipped_bytes(VOCABULARY).decode().splitlines())


def shipped_bytes(name: str) -> bytes:
    """The bytes of a shipped file without tensors; raises ``BadModel`` where it is another."""
    path = model_path(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadModel(f"The model {path} cannot be read ({error.strerror}).") from error
    if sha256(content).hexdigest() != DIGESTS[name]:
        raise BadModel(f"The model {path} is not the one that the program was made with.")
    return content
