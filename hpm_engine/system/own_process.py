"""Commands that start Python with this program's own code, and no other that lies about.

``python -m`` looks into the current folder first and into ``PYTHONPATH`` next, where a stranger's
``numpy.py`` may wait. Python's isolated mode knows neither; this program's two packages are named
to it by their files, and folders that this process has its libraries from come last.
"""

from __future__ import annotations

import json
import site
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_START = """\
import importlib.util, json, runpy, sys
packages, folders, module, *sys.argv[1:] = json.loads(sys.argv[1]) + sys.argv[2:]
sys.path += [folder for folder in folders if folder not in sys.path]
class Own:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in packages:
            return importlib.util.spec_from_file_location(
                name, packages[name] + "/__init__.py", submodule_search_locations=[packages[name]]
            )
sys.meta_path.insert(0, Own)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def interpreter() -> str:
    """The Python that this program runs in, which settings of other programs name."""
    return sys.executable


def run_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this program with arguments."""
    how = json.dumps([_packages(), _library_folders(), module])
    return [sys.executable, "-I", "-c", _START, how, *arguments]


def safe_folder() -> Path:
    """A folder to start it in: libraries look for their settings in the current folder."""
    return _PACKAGE


def _packages() -> dict[str, str]:
    """The paths of the program's packages: the engine's, and the window's if it is beside it."""
    folders = {_PACKAGE.name: str(_PACKAGE)}
    window = _PACKAGE.with_name("app")
    if (window / "__init__.py").is_file():
        folders["app"] = str(window)
    return folders


def _library_folders() -> list[str]:
    """Folders of libraries that isolated mode leaves out: the user's, and that of numpy."""
    folders = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    numpy = sys.modules.get("numpy")
    if numpy is not None and numpy.__file__:
        folders.append(str(Path(numpy.__file__).resolve().parents[1]))
    return folders
