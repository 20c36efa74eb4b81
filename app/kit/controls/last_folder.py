"""Where a file dialog begins: in the folder that was used last for its kind."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog

from hpm_engine import config_folder

_FILE = "window.ini"
_GROUP = "folders"


class FileKind(StrEnum):
    """What a file dialog is for; each kind has a folder of its own."""

    IMPORTS = "imports"
    COPIES = "copies"
    EPISODES = "episodes"
    RECORDS = "records"
    PICTURES = "pictures"
    AUDIT = "audit"
    STATES = "states"


def last_folder(kind: FileKind, otherwise: Path | None = None) -> Path:
    """The folder used last, if it is there still; else ``otherwise``, or home."""
    known = str(_settings().value(kind.value, ""))
    if known and Path(known).is_dir():
        return Path(known)
    return otherwise or Path.home()


def keep_folder(kind: FileKind, chosen: Path) -> None:
    """Remember the folder of a file, or a folder, that a person chose."""
    folder = chosen if chosen.is_dir() else chosen.parent
    _settings().setValue(kind.value, str(folder.absolute()))


def begin_in_last_folder(
    dialog: QFileDialog, kind: FileKind, otherwise: Path | None = None
) -> None:
    """Have a dialog begin in the folder of its kind, and remember what is chosen in it."""
    dialog.setDirectory(str(last_folder(kind, otherwise)))
    dialog.filesSelected.connect(lambda names: keep_folder(kind, Path(names[0])))


def _settings() -> QSettings:
    settings = QSettings(str(config_folder() / _FILE), QSettings.Format.IniFormat)
    settings.beginGroup(_GROUP)
    return settings
