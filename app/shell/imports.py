"""Bringing agents' sessions into the open store: from dialogs, drops and the first page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kit.index_job import index
from app.kit.session import Session
from app.shell.stores import Stores, describe_paths, is_store
from hpm_engine import Changed, ImportReport


class Imports(QObject):
    """Imports into the session that ``session`` gives; without one, a store is made first."""

    def __init__(
        self, session: Callable[[], Session | None], stores: Stores, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._stores, self._window = session, stores, window

    def ask_files(self) -> None:
        """Let the person choose files."""
        dialog = self._dialog("Import files", QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.begin([Path(name) for name in names]))
        dialog.open()

    def ask_folder(self) -> None:
        """Let the person choose a folder."""
        dialog = self._dialog("Import a folder", QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda names: self.begin([Path(name) for name in names]))
        dialog.open()

    def begin(self, paths: Sequence[Path]) -> None:
        """Import files and folders on the writer's thread."""
        session = self._session()
        if not paths:
            return
        if session is None:
            self._stores.ask_new(then=lambda: self.begin(paths))
            return
        task = session.write(
            lambda memory, job: memory.import_paths(paths, job=job),
            describe_paths(paths),
            piecewise=Changed.EPISODES | Changed.AUDIT,
        )
        task.succeeded.connect(lambda report: _index_new(session, report))

    def drop(self, data: QMimeData) -> None:
        """Open a dropped store; import anything else."""
        paths = dropped_paths(data)
        stores = [path for path in paths if is_store(path)]
        if stores:
            self._stores.open(stores[0])
        self.begin([path for path in paths if not is_store(path)])

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(Path.home()))
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _index_new(session: Session, report: ImportReport) -> None:
    """What was imported is to be found by recall, too."""
    if report.episodes_added or report.episodes_extended:
        index(session)


def dropped_paths(data: QMimeData) -> list[Path]:
    """The files and folders on this computer among what is dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
