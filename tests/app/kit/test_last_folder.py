from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.kit.controls.last_folder import FileKind, begin_in_last_folder, keep_folder, last_folder


def test_each_kind_of_dialog_begins_where_it_was_used_last(qtbot: QtBot, tmp_path: Path) -> None:
    exports, imports = tmp_path / "exports", tmp_path / "imports"
    exports.mkdir()
    imports.mkdir()
    assert last_folder(FileKind.EPISODES) == Path.home()
    assert last_folder(FileKind.COPIES, tmp_path) == tmp_path
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    begin_in_last_folder(dialog, FileKind.EPISODES)
    dialog.filesSelected.emit([str(exports / "page.html")])
    keep_folder(FileKind.IMPORTS, imports)
    assert last_folder(FileKind.EPISODES) == exports
    assert last_folder(FileKind.IMPORTS) == imports
    again = QFileDialog()
    qtbot.addWidget(again)
    begin_in_last_folder(again, FileKind.EPISODES)
    assert Path(again.directory().path()) == exports
    exports.rmdir()
    assert last_folder(FileKind.EPISODES) == Path.home(), "a folder that is gone is none"
