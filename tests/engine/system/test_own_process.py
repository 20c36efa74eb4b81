from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hpm_engine
from hpm_engine.adaptation.apart import tuned_apart
from hpm_engine.errors import HPMError
from hpm_engine.evaluation import kill
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.projection.fit import fit
from hpm_engine.system.own_process import run_module, safe_folder
from hpm_engine.values.adaptation import Model
from tests.support.compiled import COMPILED

ROOT = Path(hpm_engine.__file__).parents[1]
NAMES = ("numpy", "umap", "torch", "numba", "msgspec", "zstandard", "json", "sqlcipher3", "click")
PLANTED = """\
import os, sys
open(os.path.join({folder!r}, "ran_" + __name__.replace(".", "_")), "w").write(repr(sys.orig_argv))
raise ImportError("planted")
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stranger's folder, in which this process is, and which ``PYTHONPATH`` names too."""
    folder = tmp_path / "clone"
    folder.mkdir()
    text = PLANTED.format(folder=str(folder))
    for name in NAMES:
        (folder / f"{name}.py").write_text(text)
    for package in ("hpm_engine", "app"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(text)
    (folder / "sitecustomize.py").write_text(text)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), ""]))
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def ran(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob("ran_*")]


def test_the_planted_code_would_run_in_a_plain_process(clone: Path) -> None:
    """Otherwise the tests below could not fail."""
    subprocess.run([sys.executable, "-m", "hpm_engine.version"], capture_output=True)
    assert ran(clone)


def test_nothing_is_found_in_the_current_folder_or_python_path(clone: Path, tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    probe.mkdir()
    (probe / "__init__.py").touch()
    (probe / "__main__.py").write_text(
        "import importlib.util as u, json, sys\n"
        "names = [*sys.argv[1:], 'hpm_engine', 'app']\n"
        "print(json.dumps([u.find_spec(name).origin for name in names if u.find_spec(name)]))"
    )
    *command, how = run_module("probe")
    packages, folders, module = json.loads(how)
    how = json.dumps([packages | {"probe": str(probe)}, folders, module])
    done = subprocess.run([*command, how, *NAMES], capture_output=True, check=True)
    origins = [Path(origin) for origin in json.loads(done.stdout)]
    assert len(origins) >= len(NAMES)
    assert not [origin for origin in origins if origin.is_relative_to(clone)]
    assert ROOT / "hpm_engine" / "__init__.py" in origins
    assert ROOT / "app" / "__init__.py" in origins
    assert not ran(clone)


def test_tuning_runs_none_of_it(clone: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.hpm"
    open_memory(store, create=True).close()
    with pytest.raises(HPMError, match="not prepared for recall yet"):
        tuned_apart(Model.ENCODER, store, Job())
    assert "too little" in tuned_apart(Model.MASK, store, Job()).reason
    assert not ran(clone)


def test_the_map_runs_none_of_it(clone: Path) -> None:
    COMPILED.mkdir(parents=True, exist_ok=True)
    rows = np.eye(20, dtype=np.float32)
    start, held = rows[:, :2].copy(), np.zeros(20, np.bool_)
    layout, anchors = fit(rows, start, held, rows[:1], first=True, cache=COMPILED, job=Job())
    assert (layout.shape, anchors.shape) == ((20, 2), (1, 2))
    assert not ran(clone)


def test_the_benchmarks_processes_run_none_of_it(clone: Path, tmp_path: Path) -> None:
    traces = tmp_path / "traces"
    traces.mkdir()
    child = kill._spawn(tmp_path / "s.hpm", traces)
    child.communicate(timeout=60)
    assert child.returncode == 0
    window = run_module("app", "--help")
    assert b"hpm-inspector" in subprocess.run(window, capture_output=True, check=True).stdout
    assert not ran(clone)


@pytest.mark.parametrize("name", ["hpm", "hpm-inspector"])
def test_the_programs_run_none_of_it(
    name: str, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        pytest.skip("not installed beside this Python")
    monkeypatch.delenv("PYTHONPATH")  # the person's own order to Python
    done = subprocess.run([program, "--help"], capture_output=True)
    assert done.returncode == 0, done.stderr
    if name == "hpm":
        store = tmp_path / "s.hpm"
        open_memory(store, create=True).close()
        done = subprocess.run([program, "adapt", store, "--mask"], capture_output=True)
        assert done.stdout + done.stderr
    assert not ran(clone)


def test_there_is_no_other_way_to_start_python() -> None:
    own = ROOT / "hpm_engine" / "system" / "own_process.py"
    files = [*(ROOT / "hpm_engine").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
    starting = [path for path in files if re.search(r"sys\.executable|QProcess", path.read_text())]
    assert starting == [own]


def test_the_program_itself_is_found_where_it_lies() -> None:
    assert safe_folder() == Path(hpm_engine.__file__).resolve().parent
    command = run_module("hpm_engine.version")
    assert json.loads(command[4])[0]["hpm_engine"] == str(safe_folder())
