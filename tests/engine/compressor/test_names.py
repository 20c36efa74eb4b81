from __future__ import annotations

from pathlib import Path

import pytest
from zstandard import ZstdError

from hpm_engine.compressor.packing.frames import deflated, inflated, longer, shorter
from hpm_engine.compressor.packing.names import made_names

_LEDGER = b"assertEqual collections default_factory environment get_attribute isinstance property"
_SOURCE = "\n".join(
    f"def get_{verb}_{noun}(self): return self.default_{noun}.{verb}_property(encoding)"
    for verb in ("window", "buffer", "record", "parser", "signal", "server")
    for noun in ("context", "message", "handler", "pattern", "request", "channel")
)


def test_shared_names_make_a_ledger_shorter_and_are_needed_to_read_it() -> None:
    with_names, without = deflated(_LEDGER, named=True), deflated(_LEDGER)
    assert len(with_names) < 0.85 * len(without)
    assert inflated(with_names, named=True) == inflated(without) == _LEDGER
    with pytest.raises(ZstdError):
        inflated(with_names)


def test_bytes_that_do_not_get_shorter_are_left_as_they_are() -> None:
    for data in (b"", b"x", bytes(range(256))):
        assert shorter(data) == b"\0" + data
        assert longer(shorter(data)) == data
    assert len(shorter(bytes(500))) < 30
    assert longer(shorter(bytes(500))) == bytes(500)


def test_the_same_sources_give_the_same_dictionary_and_tests_are_no_source(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"module{number}.py").write_text(_SOURCE.replace("window", f"kind{number}x"))
    names = made_names(tmp_path)
    assert b"default_context" in names
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "left_out.py").write_text(_SOURCE.replace("get_", "unwanted_"))
    assert made_names(tmp_path) == names
