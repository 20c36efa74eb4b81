"""An export of the log and ``verify_audit.py`` alone: the right verdict, whatever is done."""

from __future__ import annotations

import ast
import importlib.util
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hpm_engine import AuditFilter, errors, open_memory
from tests.support.trail.exports import MUTATIONS, spoiled

SCRIPT = Path(__file__).parents[3] / "resources" / "audit" / "verify_audit.py"
FILTERS = {
    "whole": AuditFilter(),
    "settings": AuditFilter(action="set"),
    "one": AuditFilter(text="value 7"),
    "none": AuditFilter(actor="nobody"),
}


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_audit", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports of one store: each filter in each form, with a checkpoint from half-way."""
    folder = tmp_path_factory.mktemp("exports")
    with open_memory(folder / "a.hpm", create=True) as memory:
        for number in range(20):
            memory.settings.set(f"name {number}", f"value {number}")
        (folder / "kept.txt").write_text(memory.audit.checkpoint(), "utf-8")
        for number in range(20):
            memory.searches.save(f"search {number}", "word")
        for name, wanted in FILTERS.items():
            for form in ("jsonl", "csv", "html"):
                exported = memory.audit.export(folder / f"{name}.{form}", form, wanted)
                assert exported.proof == str(folder / f"{name}.{form}.proof.zip")
        assert memory.audit.verify().reason == ""
    return folder


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_a_good_export_is_sound(verifier: ModuleType, folder: Path, name: str, form: str) -> None:
    file = folder / f"{name}.{form}"
    found = verifier.check(f"{file}.proof.zip", str(file))
    assert "file: the one that the log says was exported" in found
    assert any(line.startswith("NOTE: the key came with the export") for line in found)
    with zipfile.ZipFile(f"{file}.proof.zip") as archive:
        key = archive.read("key.txt").decode()
        assert archive.read("verify_audit.py") == SCRIPT.read_bytes()
    assert verifier.check(f"{file}.proof.zip", str(file), key)[-1].startswith("file:")


def test_a_checkpoint_that_was_kept_is_held_against_a_whole_export(
    verifier: ModuleType, folder: Path
) -> None:
    file, kept = folder / "whole.jsonl", str(folder / "kept.txt")
    found = verifier.check(f"{file}.proof.zip", str(file), None, kept)
    assert any(line.startswith("the log goes on from the checkpoint given, of 2") for line in found)
    with pytest.raises(verifier.Unusable, match="rows left out"):
        part = folder / "one.jsonl"
        verifier.check(f"{part}.proof.zip", str(part), None, kept)


def test_another_key_and_another_file_are_told(
    verifier: ModuleType, folder: Path, tmp_path: Path
) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    from hpm_engine.audit.signed_note import PublicKey

    file = folder / "whole.csv"
    with pytest.raises(verifier.Bad, match="no valid signature"):
        verifier.check(f"{file}.proof.zip", str(file), PublicKey("hpm-inspector/x", other).text)
    changed = tmp_path / "whole.csv"
    changed.write_bytes(file.read_bytes().replace(b"value 3", b"value 4"))
    with pytest.raises(verifier.Bad, match="not the one that the log says"):
        verifier.check(f"{file}.proof.zip", str(changed))
    with pytest.raises(verifier.Unusable, match="name it, too"):
        verifier.check(f"{folder / 'whole.jsonl'}.proof.zip")


@pytest.mark.parametrize("kind", sorted(MUTATIONS))
def test_a_spoiled_export_is_not_sound(
    verifier: ModuleType, folder: Path, tmp_path: Path, kind: str
) -> None:
    for seed in range(6):
        chance = random.Random(f"{kind} {seed}")
        source = folder / f"{chance.choice(['whole', 'settings', 'one'])}.jsonl"
        proof, file = spoiled(source, tmp_path, kind, chance)
        with pytest.raises(verifier.Bad):
            verifier.check(str(proof), str(file))


def test_it_runs_on_python_3_8_by_itself(folder: Path) -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))
    command = [sys.executable, "-I", "-S", str(SCRIPT)]
    file = folder / "one.jsonl"
    sound = subprocess.run(
        [*command, f"{file}.proof.zip", str(file)], capture_output=True, text=True, check=False
    )
    assert (sound.returncode, sound.stderr) == (0, "") and sound.stdout.startswith("SOUND.\n")
    assert "It does not prove" in sound.stdout
    none = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
    assert none.returncode == 1 and none.stdout.startswith("NOT SOUND: no proof of this kind")
    gone = subprocess.run(
        [*command, str(folder / "gone")], capture_output=True, text=True, check=False
    )
    assert gone.returncode == 2 and "Traceback" not in gone.stderr


def test_its_signatures_are_those_of_the_library(verifier: ModuleType) -> None:
    chance = random.Random(1)
    for size in (0, 1, 64, 300):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(size)
        signature = key.sign(message)
        assert verifier.is_signed(public, message, signature)
        assert not verifier.is_signed(public, message + b"x", signature)
        flipped = bytearray(signature)
        flipped[chance.randrange(64)] ^= 1 << chance.randrange(8)
        assert not verifier.is_signed(public, message, bytes(flipped))
        high = int.from_bytes(signature[32:], "little") + verifier.ORDER
        malleable = signature[:32] + high.to_bytes(32, "little")
        assert not verifier.is_signed(public, message, malleable)


def test_a_redacted_export_stays_provable_and_says_nothing(
    verifier: ModuleType, folder: Path, tmp_path: Path
) -> None:
    with open_memory(folder / "a.hpm") as memory:
        file = tmp_path / "r.jsonl"
        memory.audit.export(file, "jsonl", redacted=True)
        with pytest.raises(errors.BadQuery, match="Only jsonl"):
            memory.audit.export(tmp_path / "r.csv", "csv", redacted=True)
    found = verifier.check(f"{file}.proof.zip", str(file))
    assert any("closed or erased contents: 40" in line for line in found)
    everything = file.read_bytes() + zipfile.ZipFile(f"{file}.proof.zip").read("proof.jsonl")
    assert b"value 7" not in everything and b'"salt"' not in everything


def test_one_row_is_proven_by_itself(verifier: ModuleType, folder: Path, tmp_path: Path) -> None:
    with open_memory(folder / "a.hpm", read_only=True) as memory:
        text = memory.audit.prove(5)
        with pytest.raises(errors.NotFound, match="no row 99999"):
            memory.audit.prove(99_999)
    proof = tmp_path / "row.jsonl"
    proof.write_text(text, "utf-8")
    assert any(line.startswith("rows in this export: 1;") for line in verifier.check(str(proof)))


def test_without_a_key_the_rows_are_written_and_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setenv("HPM_DATA_DIR", str(blocked))
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        exported = memory.audit.export(tmp_path / "a.jsonl", "jsonl")
    assert exported.proof == "" and "cannot be" in exported.trouble
    assert {path.name for path in tmp_path.iterdir()} == {"data", "a.hpm", "a.jsonl"}
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["action"] for line in lines] == ["create"]
