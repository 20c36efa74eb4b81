from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch

from hpm_engine.encoder import minilm_model
from hpm_engine.encoder.installed import minilm_path
from hpm_engine.encoder.minilm import MiniLMEncoder
from hpm_engine.encoder.minilm_file import HEADS, INNER, LAYERS, WIDTH, layout
from hpm_engine.encoder.minilm_model import MiniLMModel
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.errors import BadModel


@pytest.fixture(scope="module")
def random_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    chance = np.random.default_rng(5)
    tensors = {
        name: (chance.standard_normal(shape) * 0.05).astype(dtype)
        for name, (dtype, shape) in layout().items()
    }
    content = packed(tensors, "random")
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    path.write_bytes(content)
    return path, sha256(content).hexdigest()


@pytest.fixture
def random_model(random_file: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the same layout with random weights, which stands for the one known file."""
    path, digest = random_file
    monkeypatch.setattr(minilm_model, "SHA256", digest)
    return path


def torchs_own(model: MiniLMModel) -> list[torch.nn.TransformerEncoderLayer]:
    layers = []
    for number in range(LAYERS):
        layer = torch.nn.TransformerEncoderLayer(
            WIDTH, HEADS, INNER, 0.0, "gelu", 1e-12, batch_first=True
        ).eval()
        of = {k.removeprefix(f"encoder.layer.{number}."): v for k, v in model._weights.items()}
        parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
        names = {
            "self_attn.in_proj_": parts,
            "self_attn.out_proj.": ["attention.output.dense"],
            "linear1.": ["intermediate.dense"],
            "linear2.": ["output.dense"],
            "norm1.": ["attention.output.LayerNorm"],
            "norm2.": ["output.LayerNorm"],
        }
        layer.load_state_dict(
            {
                f"{theirs}{kind}": torch.cat([of[f"{our}.{kind}"] for our in ours])
                for theirs, ours in names.items()
                for kind in ("weight", "bias")
            }
        )
        layers.append(layer)
    return layers


def test_the_forward_pass_is_that_of_torchs_own_layers(random_model: Path) -> None:
    model = MiniLMModel(random_model)
    inputs = [np.array([101, 5, 2000, 102], np.int32), np.array([101, 7, 102], np.int32)]
    states, mask = model(inputs)
    assert mask.tolist() == [[True, True, True, True], [True, True, True, False]]
    padded = torch.tensor([[101, 5, 2000, 102], [101, 7, 102, 0]])
    expected = model._embedded(padded)
    with torch.inference_mode():
        for layer in torchs_own(model):
            expected = layer(expected, src_key_padding_mask=~mask)
    torch.testing.assert_close(states[mask], expected[mask], atol=2e-5, rtol=1e-4)


def test_padding_does_not_change_a_mean(random_model: Path) -> None:
    model = MiniLMModel(random_model)
    short = np.array([101, 7, 102], np.int32)
    long = np.arange(60, dtype=np.int32)
    alone, beside = model.mean_states([short])[0], model.mean_states([long, short])[1]
    np.testing.assert_allclose(alone, beside, atol=1e-5)


def test_rows_are_units_and_zeros_for_texts_without_pieces(random_model: Path) -> None:
    encoder = MiniLMEncoder(random_model)
    vectors = encoder.encode(["one", "", "two words and more", " \x00", "x" * 20_000])
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1, 0, 1], atol=1e-5)


def test_only_the_ends_of_a_long_text_are_read(random_model: Path) -> None:
    encoder = MiniLMEncoder(random_model)
    long = "start " * 46 + "hidden " * 100 + "end " * 16
    same, other = long.replace("hidden", "secret"), long.replace("end", "stop")
    first, second, third = encoder.encode([long, same, other])
    assert np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_another_file_than_the_known_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"something else")
    with pytest.raises(BadModel, match="not the expected file"):
        MiniLMEncoder(path)


def test_the_real_model_knows_meaning() -> None:
    path = minilm_path()
    if path is None:
        pytest.skip("MiniLM is not installed here: hpm encoder --install FILE")
    tests, also_tests, cake = MiniLMEncoder(path).encode(
        ["the unit tests fail", "pytest reports failing tests", "bake a cake"]
    )
    assert tests @ also_tests > 0.5
    assert abs(tests @ cake) < 0.1
