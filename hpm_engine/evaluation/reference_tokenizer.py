"""BERT's tokenizer as the tokenizers library runs it, to compare ours with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hpm_engine.encoder.shipped import vocabulary

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def reference_tokenizer() -> Tokenizer:
    """Our vocabulary under the library's rules; raises ``ImportError`` without the library."""
    from tokenizers import Tokenizer

    config = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: number for number, piece in enumerate(vocabulary())},
        },
    }
    return Tokenizer.from_str(json.dumps(config))
