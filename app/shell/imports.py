"""Bringing agents' sessions into the open store: from dialogs, drops and the first page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QMimeData, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kit.controls.last_folder import FileKind, begin_in_last_folder
from app.kit.formatting import counted, size
from app.kit.index_job import index
from app.kit.session import Session
from app.shell.problems import Problems
from app.shell.stores import Stores, describe_paths, is_store
from app.syncing.sources_dialog import choose
from hpm_engine import (
    Changed,
    Discovered,
    FileReport,
    FileStatus,
    ImportReport,
    Job,
    Memory,
    Syncer,
    account_line,
    damaged_files,
    loss_sentence,
)


class Imports(QObject):
    """Imports into the session that ``session`` gives; without one, a store is made first."""

    def __init__(
        self,
        session: Callable[[], Session | None],
        stores: Stores,
        problems: Problems,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._stores, self._window = session, stores, window
        self._problems = problems

    def ask_files(self) -> None:
        """Let the person choose files."""
        dialog = self._dialog("Import files", QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.begin([Path(name) for name in names]))
        dialog.open()

    def ask_agents(self) -> None:
        """Let the person choose among the agents that are found on this computer."""
        from app.shell.dialogs.agents_dialog import AgentsDialog

        session = self._session()
        dialog = AgentsDialog(session.path.name if session else "", self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.chosen.connect(self.begin)
        dialog.followed.connect(self.follow)
        dialog.folder_asked.connect(self.ask_folder)
        discovery = self._stores.discover()
        discovery.succeeded.connect(dialog.show_found)
        discovery.failed.connect(lambda error: dialog.show_found(()))
        dialog.open()

    def ask_countdown(self) -> None:
        """Show what agents will delete, and import what the store lacks of it when asked."""
        from app.restoring.countdown_dialog import CountdownDialog

        if (session := self._session()) is not None:
            dialog = CountdownDialog(session, self._window)
            dialog.import_asked.connect(self.begin)
            dialog.open()

    def ask_folder(self) -> None:
        """Let the person choose a folder."""
        dialog = self._dialog("Import a folder", QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        # Agents keep their sessions in folders like .claude, which are hidden.
        dialog.setFilter(dialog.filter() | QDir.Filter.Hidden)
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
            sentence=imported,
            piecewise=ImportReport.CHANGES,
        )
        task.succeeded.connect(self._tell_leftovers)
        task.succeeded.connect(lambda report: _index_new(session, report))

    def follow(self, places: Sequence[Discovered]) -> None:
        """Import what was found, and remember it as sources that are kept up to date."""
        session = self._session()
        if not places:
            return
        if session is None:
            self._stores.ask_new(then=lambda: self.follow(places))
            return

        def call(memory: Memory, job: Job) -> tuple[ImportReport, Changed]:
            changed = choose(list(places), memory, job)
            return Syncer().sync(memory, job).imported, changed

        paths = [Path(place.path) for place in places]
        task = session.write(
            call,
            describe_paths(paths),
            sentence=lambda title, result, took: imported(title, result[0], took),
            piecewise=ImportReport.CHANGES,
        )
        task.succeeded.connect(lambda result: self._tell_leftovers(result[0]))
        task.succeeded.connect(lambda result: _index_new(session, result[0]))

    def drop(self, data: QMimeData) -> None:
        """Open a dropped store; import anything else."""
        paths = dropped_paths(data)
        stores = [path for path in paths if is_store(path)]
        if stores:
            self._stores.open(stores[0])
        self.begin([path for path in paths if not is_store(path)])

    def _tell_leftovers(self, report: ImportReport) -> None:
        left = report.with_status(FileStatus.FAILED) + report.with_status(FileStatus.ASIDE)
        damaged = damaged_files(report.files)
        headline, texts = f"{counted(len(damaged), 'file')} came damaged", []
        if left:
            failed = len(report.with_status(FileStatus.FAILED))
            headline = f"{counted(len(left), 'file')} brought no episodes"
            text = f"{failed:,} could not be read" if failed else "None of them failed"
            texts.append(
                f"{text}; {len(left) - failed:,} hold no agent session and were set aside."
            )
        if damaged:  # an import that lost anything is no bare success
            texts.append(f"{loss_sentence(report)} All bytes are kept with the episodes.")
        if texts:
            details = [*map(_damage, damaged[:500]), *map(_leftover, left[:500])]
            self._problems.tell(headline, " ".join(texts), "\n".join(details))

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        begin_in_last_folder(dialog, FileKind.IMPORTS)
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _index_new(session: Session, report: ImportReport) -> None:
    """What was imported is to be found by recall, too."""
    if report.episodes_added or report.episodes_extended:
        index(session)


def imported(title: str, report: ImportReport, took: str) -> str:
    """What an import did, in words."""
    parts = [f"{counted(report.episodes_added, 'episode')} added"]
    if report.episodes_extended:
        parts.append(f"{counted(report.episodes_extended, 'episode')} extended")
    if report.branches:
        branch = counted(report.branches, "branch", "branches")
        parts.append(f"{branch} kept beside the first of the same session")
    parts.append(f"{counted(report.steps_added, 'step')} from {size(report.raw_size)}")
    if report.in_trash:
        parts.append(f"{counted(report.in_trash, 'deleted session')} left in the trash")
    if unchanged := len(report.with_status(FileStatus.UNCHANGED)):
        parts.append(f"{counted(unchanged, 'file')} unchanged")
    if aside := len(report.with_status(FileStatus.ASIDE)):
        parts.append(f"{counted(aside, 'file')} set aside")
    if failed := len(report.with_status(FileStatus.FAILED)):
        parts.append(f"{counted(failed, 'file')} failed")
    lost = loss_sentence(report)
    return f"{title}: {', '.join(parts)}, {took}.{' ' if lost else ''}{lost}"


def _leftover(file: FileReport) -> str:
    reason = file.reason or file.status.value
    return reason if reason.startswith(file.path) else f"{file.path}: {reason}"


def _damage(file: FileReport) -> str:
    return f"{file.path}: {account_line(file.account)}" if file.account else file.path


def dropped_paths(data: QMimeData) -> list[Path]:
    """The files and folders on this computer among what is dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
