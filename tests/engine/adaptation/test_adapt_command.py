from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.cli.root import hpm
from hpm_engine.encoder.shipped import DIGESTS, PHI
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.encoding.phi_in_use import phi_weights
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.values.adaptation import Model, Verdict
from tests.support.sessions_to_learn import with_habits

VERDICT = Verdict(40, 31, "project", 0.5, 0.625, 0.05, 0.2)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        with_habits(memory, 6)
        memory.encode()
    return path


@pytest.fixture
def better(store: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Tuning that found better weights; what a person is told of them."""
    with open_memory(store, read_only=True) as memory:
        weights = phi_weights(memory.internals.database)
    data = packed(weights | {"gate": weights["gate"] * 2}, "")

    def tuned(model: Model, path: Path, job: Job) -> Tuned:
        return Tuned(DIGESTS[PHI], data, VERDICT)

    monkeypatch.setattr("hpm_engine.adaptation.apart.tuned_apart", tuned)
    return (
        "0.500 before, 0.625 after (+0.125, 95 % from +0.050 to +0.200) on 31 episodes of projects "
        "held out; learned from 40"
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(hpm, ["adapt", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def encoded_by(store: Path) -> str:
    with open_memory(store, read_only=True) as memory:
        sql = "SELECT sha256 FROM encoders WHERE kind = 'episode' AND current"
        assert memory.internals.database.value("SELECT count(*) FROM vectors v JOIN encoders e"
            " ON e.id = v.encoder_id WHERE e.kind = 'episode'") == 6  # fmt: skip
        return str(memory.internals.database.value(sql))


def test_both_figures_are_told_and_the_store_is_encoded_anew(store: Path, better: str) -> None:
    before = encoded_by(store)
    done = run(store, "--encoder")
    assert done.exit_code == 0, done.output
    assert "are in use; the old ones are kept." in done.stdout
    assert better in done.stdout
    assert encoded_by(store) != before
    assert better in run(store).stdout
    assert "as it came with the program" in run(store, "--encoder", "--restore").stdout
    assert encoded_by(store) == before


def test_json_has_one_object_for_each_model(store: Path, better: str) -> None:
    [done] = lines(run(store, "--encoder", "--json"))
    assert (done["model"], done["accepted"], done["before"]) == ("encoder", True, DIGESTS[PHI])
    assert done["verdict"]["after"] == VERDICT.after
    encoder, mask = lines(run(store, "--json"))
    assert (encoder["sha256"], encoder["earlier"], mask["made_at"]) == (done["after"], 1, None)
    [back] = lines(run(store, "--encoder", "--restore", "--json"))
    assert (back["sha256"], back["made_at"]) == (DIGESTS[PHI], None)


def test_a_small_store_is_told_why_nothing_was_tuned(store: Path) -> None:
    printed = run(store, "--mask")
    assert printed.exit_code == 0, printed.output
    assert "mask: There is too little to learn from" in printed.stdout
    [done] = lines(run(store, "--mask", "--json"))
    assert (done["accepted"], done["verdict"]) == (False, None)


def test_restoring_needs_a_name_and_something_to_restore(store: Path) -> None:
    assert run(store, "--restore").exit_code == 2
    refused = run(store, "--mask", "--restore")
    assert refused.exit_code == 1
    assert "none to go back to" in refused.stderr
