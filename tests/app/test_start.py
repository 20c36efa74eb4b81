from __future__ import annotations

import json
from pathlib import Path

from tests.support.files.traces import make_store
from tests.support.loaded_modules import output_and_loaded

_SOURCES_READ = """
import gc, json, linecache
own = [name for name in linecache.cache if name.endswith("kit/view.py")]
print(json.dumps([len(own), gc.isenabled()]))
"""
_PROGRAM = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from app.__main__ import main
assert main({arguments}) == 0
"""
_OPENED_AT_ONCE = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QTimer
from app.shell.application import Program
from hpm_engine import config_folder
program = Program(config_folder())
program.window.{then}
program.window.show()
QTimer.singleShot(1500, program.window.close)
program.qt.exec()
"""


def test_the_program_starts_without_reading_sources_or_looking_for_garbage(tmp_path: Path) -> None:
    store = make_store(tmp_path / "agents.hpm", ["fix the parser"])
    arguments = [str(store), "--screenshots", str(tmp_path), "--theme", "light"]
    program = _PROGRAM.format(arguments=[*arguments, "--scenes", "overview"])
    said, loaded = output_and_loaded(program + _SOURCES_READ, ("app.kit.view",))
    assert loaded == ["app.kit.view"]
    assert json.loads(said.splitlines()[-1]) == [0, False]


def test_pyside_reads_the_source_of_what_is_imported_otherwise() -> None:
    """Once it does not, ``app/start.py`` has nothing to do any more."""
    read, _ = output_and_loaded(
        "import PySide6.QtCore\nfrom app.kit.view import View" + _SOURCES_READ, ("app.kit.view",)
    )
    assert json.loads(read) == [1, True]


def test_nobody_looks_for_agents_where_a_store_opens_at_once(tmp_path: Path) -> None:
    store = make_store(tmp_path / "agents.hpm", ["fix the parser"])
    looking = ("hpm_engine.ingest.discovery.discovery",)
    opened = _OPENED_AT_ONCE.format(then=f"stores.open(Path({str(store)!r}))")
    assert output_and_loaded(opened, looking)[1] == []
    assert output_and_loaded(_OPENED_AT_ONCE.format(then="setFocus()"), looking)[1] == list(looking)
