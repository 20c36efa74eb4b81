"""The weights file of all-MiniLM-L6-v2: its digest, its sizes and its tensors."""

from __future__ import annotations

from hpm_engine.encoder.tensor_file import Layout

# sentence-transformers/all-MiniLM-L6-v2 at its revision 1110a243 (Apache-2.0), model.safetensors.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAME = "all-MiniLM-L6-v2"
WIDTH = 384  # of a state
LAYERS = 6
HEADS = 12  # of attention, in each layer
INNER = 1536  # width of a layer's feed-forward part
PIECES = 30522  # of the vocabulary
POSITIONS = 512  # pieces of an input at most
PAD = 0  # [PAD]
UNKNOWN = 100  # [UNK]
CLASS = 101  # [CLS]
END = 102  # [SEP]


def layout() -> Layout:
    """The dtype and shape of every tensor in the file, with the pooler's, which are unused."""
    tensors: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.position_ids": ("int64", (1, POSITIONS)),
        "embeddings.word_embeddings.weight": ("float32", (PIECES, WIDTH)),
        "embeddings.position_embeddings.weight": ("float32", (POSITIONS, WIDTH)),
        "embeddings.token_type_embeddings.weight": ("float32", (2, WIDTH)),
    }
    linear = {"pooler.dense": (WIDTH, WIDTH)}
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        name = f"encoder.layer.{number}."
        attention = ("self.query", "self.key", "self.value", "output.dense")
        linear |= {f"{name}attention.{part}": (WIDTH, WIDTH) for part in attention}
        linear |= {f"{name}intermediate.dense": (INNER, WIDTH)}
        linear |= {f"{name}output.dense": (WIDTH, INNER)}
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    for name, shape in linear.items():
        tensors |= {f"{name}.weight": ("float32", shape), f"{name}.bias": ("float32", shape[:1])}
    for name in norms:
        tensors |= {f"{name}.{part}": ("float32", (WIDTH,)) for part in ("weight", "bias")}
    return tensors
